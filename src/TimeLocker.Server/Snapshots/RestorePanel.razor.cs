using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Snapshots;

/// <summary>What to do with the chosen files: a new folder, their original place after a preview, or a download.</summary>
public partial class RestorePanel
{
    private const int ClashesShown = 8;

    private string target = "", typed = "";
    private OverwriteMode overwrite;
    private bool inPlace, verify, replace, busy;
    private Run? preview;
    private Problem? problem;
    private int previewed;

    [Inject] private RestoreRuns Restores { get; set; } = default!;
    [Inject] private RunHistory History { get; set; } = default!;
    [Inject] private NavigationManager Nav { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;

    [Parameter, EditorRequired] public Snapshot Snapshot { get; set; } = default!;
    [Parameter] public Machine? Machine { get; set; }

    /// <summary>To choose from: those that reach the repository.</summary>
    [Parameter] public IReadOnlyList<Machine> Machines { get; set; } = [];
    [Parameter] public EventCallback<Guid> MachineChosen { get; set; }
    [Parameter, EditorRequired] public PathSelection Selection { get; set; } = default!;
    [Parameter] public EventCallback Cleared { get; set; }

    /// <summary>The one thing chosen is a file.</summary>
    [Parameter] public bool SingleFile { get; set; }

    private string Title => Selection.Paths.Count switch
    {
        0 => Texts.RestoreEverything,
        1 => Texts.RestoreItem,
        var n => Texts.RestoreItems(Sizes.Count(n)),
    };

    private string? NoOriginal => !Who.Is(Role.Admin) ? Texts.OnlyAdminMay
        : Machine?.Host != Snapshot.Host ? Texts.MadeAnotherMachine(Snapshot.Host) : null;

    private NewRestore Wanted => new()
    {
        RepositoryId = Snapshot.RepositoryId,
        MachineId = Machine?.Id,
        Snapshot = Snapshot.Id,
        Paths = [.. Selection.Paths],
        Target = inPlace || string.IsNullOrWhiteSpace(target) ? null : target.Trim(),
        InPlace = inPlace,
        Overwrite = overwrite,
        Verify = verify,
    };

    private IReadOnlyList<RestoreClash> Clashes => preview?.Result?.Clashes ?? [];

    private bool MayReplace =>
        overwrite is OverwriteMode.IfChanged or OverwriteMode.Always && Clashes.Any(clash => clash.MayReplace);

    protected override bool Concerns(Run run) => run.Id == preview?.Id;

    protected override async Task OnMilestoneAsync(Run run)
    {
        if (run.HasEnded)
        {
            preview = await History.GetAsync(run.Id, Who, Gone);
        }
    }

    protected override void OnParametersSet()
    {
        // Another selection or machine makes the preview a lie.
        var now = string.Join('\n', Selection.Paths.Append($"{Machine?.Id}")).GetHashCode(StringComparison.Ordinal);
        if (now != previewed)
        {
            previewed = now;
            inPlace &= NoOriginal is null;
            Stale();
        }
    }

    private void Where(bool original)
    {
        inPlace = original;
        overwrite = original ? OverwriteMode.IfChanged : OverwriteMode.Never;
        verify = original;
        Stale();
    }

    private void Stale() => (preview, typed, problem, replace) = (null, "", null, false);

    private Task ClearAsync()
    {
        Selection.Clear();
        return Cleared.InvokeAsync();
    }

    private async Task PreviewAsync()
    {
        busy = true;
        problem = await Attempt.ProblemOf(async () => preview = await Restores.StartAsync(Wanted with
        {
            DryRun = true,
            Verify = false,
        }, Who));
        busy = false;
    }

    private async Task RestoreAsync()
    {
        busy = true;
        Run? run = null;
        problem = await Attempt.ProblemOf(async () => run = await Restores.StartAsync(
            Wanted with
            {
                Confirm = inPlace ? typed : null,
                Replace = replace ? [.. Clashes.Where(clash => clash.MayReplace).Select(clash => clash.Path)] : [],
            },
            Who));
        busy = false;
        if (run is not null)
        {
            Nav.NavigateTo($"runs/{run.Id}");
        }
    }

    private string Download(string format) =>
        $"api/v1/repositories/{Snapshot.RepositoryId}/snapshots/{Snapshot.Id}/download?format={format}&"
        + string.Join('&', Selection.Paths.Select(p => $"path={Uri.EscapeDataString(p)}"));
}
