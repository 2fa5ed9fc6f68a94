using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Agents;

namespace TimeLocker.Server.Kit;

/// <summary>Chooses folders and files of a machine: several sources for a plan, or one folder.</summary>
public partial class FolderPicker
{
    private static readonly string[] HomeFolders = ["Documents", "Desktop", "Pictures", "Music", "Videos", "Downloads"];

    private readonly Dictionary<string, FolderSize> sizes = [];
    private readonly Dictionary<string, string> links = [];
    private PathSelection selection = new();
    private MachineFolder? folder;
    private Problem? trouble;
    private string typed = "";
    private int limit = 200;
    private bool busy;

    [Parameter, EditorRequired] public FolderSource Folders { get; set; } = default!;

    /// <summary>One folder is wanted: it is handed to <see cref="Used"/>.</summary>
    [Parameter] public bool Single { get; set; }
    [Parameter] public EventCallback<string> Used { get; set; }

    [Parameter] public IReadOnlyList<string> Selected { get; set; } = [];
    [Parameter] public EventCallback<IReadOnlyList<string>> SelectedChanged { get; set; }

    private string Home => Folders.Home;
    private IReadOnlyList<(string Title, string Path)> Presets { get; set; } = [];

    private IEnumerable<MachineEntry> Shown => (folder?.Entries ?? []).Where(e => e.IsFolder || !Single).Take(limit);

    protected override async Task OnInitializedAsync()
    {
        await OpenAsync(Home);
        var there = (folder?.Path == Home ? folder.Entries : []).Where(e => e.IsFolder && e.Readable)
            .Select(e => e.Name).ToHashSet();
        Presets = [(Texts.HomeFolder, Home),
            .. HomeFolders.Where(there.Contains).Select(name => (name, $"{Home.TrimEnd('/')}/{name}"))];
    }

    protected override void OnParametersSet()
    {
        selection = new PathSelection();
        foreach (var path in Selected)
        {
            selection.Add(path);
        }
    }

    private async Task OpenAsync(string path)
    {
        busy = true;
        trouble = await Attempt.ProblemOf(async () => (folder, limit) = (await Folders.List(path), 200));
        foreach (var entry in folder?.Entries ?? [])
        {
            if (entry.Link is { } to)
            {
                links[entry.Path] = to;
            }
        }

        busy = false;
    }

    private async Task MeasureAsync(string path) =>
        trouble = await Attempt.ProblemOf(async () => sizes[path] = await Folders.Measure(path));

    private bool Covered(string path) => selection.Cover(path) is { } cover && cover != path;

    private async Task ToggleAsync(string path)
    {
        if (selection.Of(path) == Picked.All)
        {
            await selection.RemoveAsync(path, _ => Task.FromResult<IReadOnlyList<string>>([]));
        }
        else
        {
            selection.Add(path);
        }

        await SelectedChanged.InvokeAsync([.. selection.Paths]);
        if (selection.Of(path) == Picked.All && !sizes.ContainsKey(path))
        {
            await MeasureAsync(path);
        }
    }

    private async Task AddTypedAsync()
    {
        var path = typed.Trim();
        trouble = path.StartsWith('/')
            ? null
            : new Problem(
                Texts.CannotAdded(path.AsName()),
                Texts.PathBegins,
                Texts.EnterWholePathSuch);
        if (trouble is null && selection.Of(path) != Picked.All)
        {
            typed = "";
            await ToggleAsync(path.Length > 1 ? path.TrimEnd('/') : path);
        }
    }

    private string Say(FolderSize size) =>
        (size switch
        { { Complete: false } => Texts.MoreThanFiles(Sizes.Bytes(size.Bytes), Sizes.Count(size.Files)),
            { Files: 1 } => Texts.File(Sizes.Bytes(size.Bytes)),
            _ => Texts.Files(Sizes.Bytes(size.Bytes), Sizes.Count(size.Files))
        });
}
