using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Snapshots;

namespace TimeLocker.Server.Snapshots;

/// <summary>The files of a snapshot, one folder at a time; what is chosen stays chosen while you walk.</summary>
public partial class FileTree
{
    private const int MostSiblings = 5000;

    private List<SnapshotItem> items = [];
    private FolderPage? page;
    private Problem? problem;
    private bool busy;
    private (string? Root, string Path) shown;

    [CascadingParameter] private UserClock Clock { get; set; } = default!;

    /// <summary>Reads a part of a folder: path, mark of the part before.</summary>
    [Parameter, EditorRequired] public Func<string, string?, Task<FolderPage>> Load { get; set; } = default!;

    /// <summary>What is browsed (the snapshot's id): another one is read anew.</summary>
    [Parameter] public string? Root { get; set; }
    [Parameter, EditorRequired] public string Path { get; set; } = "/";
    [Parameter] public EventCallback<string> PathChanged { get; set; }
    [Parameter, EditorRequired] public PathSelection Selection { get; set; } = default!;
    [Parameter] public EventCallback Changed { get; set; }

    private string Parent => Path.LastIndexOf('/') is var cut and > 0 ? Path[..cut] : "/";

    protected override Task OnParametersSetAsync()
    {
        if (shown == (Root, Path))
        {
            return Task.CompletedTask;
        }

        if (shown.Root != Root)
        {
            (page, items) = (null, []);
        }

        shown = (Root, Path);
        return ReadAsync(null);
    }

    private Task MoreAsync() => ReadAsync(page!.Next);

    private async Task ReadAsync(string? after)
    {
        busy = true;
        var wanted = shown;
        problem = await Attempt.ProblemOf(async () =>
        {
            var read = await Load(Path, after);
            // A slow answer for a folder that was left meanwhile is thrown away.
            if (wanted == shown)
            {
                (page, items) = (read, after is null ? [.. read.Items] : [.. items, .. read.Items]);
            }
        });
        busy = false;
    }

    private async Task ToggleAsync(SnapshotItem item)
    {
        if (Selection.Of(item.Path) == Picked.All)
        {
            problem = await Attempt.ProblemOf(() => Selection.RemoveAsync(item.Path, SiblingsAsync));
        }
        else
        {
            Selection.Add(item.Path);
        }

        await Changed.InvokeAsync();
    }

    private async Task<IReadOnlyList<string>> SiblingsAsync(string folder)
    {
        List<string> paths = [];
        for (string? after = null; ;)
        {
            var part = await Load(folder, after);
            paths.AddRange(part.Items.Select(i => i.Path));
            if (part.Next is null)
            {
                return paths;
            }

            after = paths.Count < MostSiblings ? part.Next : throw ProblemException.Invalid(Texts.WouldLeaveTooLong,
                Texts.ChosenFolderHoldsMore(Sizes.Count(MostSiblings)),
                Texts.TakeFolderOutChoose);
        }
    }
}
