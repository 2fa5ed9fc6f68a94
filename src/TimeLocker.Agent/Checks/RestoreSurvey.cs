using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// What a restore will meet, looked at right before restic starts: which chosen paths the snapshot does not have and,
/// in place, whether that place is known at all and where something of another kind lies.
/// </summary>
internal sealed class RestoreSurvey(RestoreSpec spec, RestoreSelection selection)
{
    /// <summary>What is said of a chosen path that the snapshot does not have.</summary>
    public static readonly Text Absent = Texts.NotInSnapshot;

    private readonly HashSet<string> names = [.. selection.Names], found = [], seen = [];
    private readonly Dictionary<string, RestoreClash> clashes = [];
    private readonly List<string> leftOut = [];
    private readonly List<RunIssue> issues = [];
    private readonly DiskPlace disk = new();
    private string? current, skipped;
    private bool dumped;

    private bool InPlace => spec.Folder is null;

    public IReadOnlyList<RestoreClash> Clashes => [.. clashes.Values];

    /// <summary>Paths below the selection's parent that restic must not touch, with all that is below them.</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <summary>What does not come back, and why.</summary>
    public IReadOnlyList<RunIssue> Issues => issues;

    /// <exception cref="ProblemException">Nothing of it can be restored.</exception>
    public static async Task<RestoreSurvey> MakeAsync(RestoreSpec spec, RestoreSelection selection,
        ResticListing listing, CancellationToken ct)
    {
        var survey = new RestoreSurvey(spec, selection);
        if (survey.InPlace || selection.Names.Count > 0)
        {
            // On another thread: a dead network share blocks whoever looks at it, but not the one who cancels.
            await Task.Run(() => listing.ReadAsync(spec.Target, spec.SnapshotId, selection, survey.InPlace, survey.Take,
                ct), ct).WaitAsync(ct);
            survey.Judge();
        }

        return survey;
    }

    private void Take(ListedEntry entry)
    {
        var (path, place) = (entry.Path, Absolute(entry.Path));
        if (names.Contains(path))
        {
            found.Add(path);
        }

        if (!InPlace)
        {
            return;
        }

        if (spec.Sources.Contains(place))
        {
            seen.Add(place);
            dumped |= entry is { Kind: PlaceKind.File, FromDisk: false };
        }

        if ((skipped is null || !Inspection.IsBelow(path, skipped)) && IsChosen(entry, path, place))
        {
            Compare(entry, place);
        }
    }

    // Everything is listed where a name cannot be given to restic.
    private bool IsChosen(ListedEntry entry, string path, string place)
    {
        if (names.Count == 0 || (current is not null && Inspection.IsBelow(path, current)))
        {
            return true;
        }

        if (!names.Contains(path))
        {
            return false;
        }

        current = path;
        if (Barrier(place, entry.Kind) is not var (barrier, kind))
        {
            return true;
        }

        Note(new RestoreClash(barrier, PlaceKind.Folder, kind, MayReplace: false, Replaced: false), path, place);
        skipped = path;
        return false;
    }

    /// <summary>
    /// What stands in the way to a chosen path. A link that was on the way when the snapshot was made leads there;
    /// where it was a folder then, restic would write through it.
    /// And it removes a link right above a file, unless that is the folder it is told to restore into.
    /// </summary>
    private (string, PlaceKind)? Barrier(string place, PlaceKind saved)
    {
        for (var slash = place.IndexOf('/', 1); slash > 0; slash = place.IndexOf('/', slash + 1))
        {
            var above = place[..slash];
            switch (disk.Look(above))
            {
                case null: return null;
                case PlaceKind.Folder: break;
                case PlaceKind.Link when !spec.Sources.Any(source => Inspection.IsBelow(above, source))
                    && (saved == PlaceKind.Folder || Inspection.IsBelow(selection.Parent, above)
                        || above != RestoreSelection.ParentOf(place)):
                    break;
                case { } kind: return (above, kind);
            }
        }

        return null;
    }

    private void Compare(ListedEntry entry, string place)
    {
        var there = place == "/" ? PlaceKind.Folder : disk.Look(place);
        if (there is null)
        {
            skipped = entry.Path; // nothing can be below it
        }
        else if (there != entry.Kind)
        {
            var may = there != PlaceKind.Folder || DiskPlace.IsEmpty(place);
            var replaced = may && spec.Overwrite is OverwriteMode.Always or OverwriteMode.IfChanged && spec.Replace.Contains(place);
            Note(new RestoreClash(place, entry.Kind, there.Value, may, replaced), entry.Path, place);
            skipped = entry.Path;
        }
    }

    private void Note(RestoreClash clash, string path, string place)
    {
        if (clashes.Count >= RestoreClash.Most || leftOut.Count >= RestoreClash.Most)
        {
            throw new ProblemException(ProblemKind.Conflict, Texts.OriginalPlaceHoldsSomething,
                Texts.MoreThanPlacesLies(RestoreClash.Most, clash.Path.AsName()),
                Texts.RestoreNewFolderChoose);
        }

        clashes[clash.Path] = clash;
        if (!clash.Replaced)
        {
            leftOut.Add(path);
            issues.Add(new RunIssue(place,
                clash.Path == place ? Texts.LeftAsItIs(clash.Text)
                    : Texts.SomethingOnTheWay(clash.Path.AsName(), clash.Text)));
        }
    }

    private void Judge()
    {
        if (InPlace && Unknown() is { } why)
        {
            throw new ProblemException(ProblemKind.Conflict, Texts.OriginalPlaceSnapshotNot, why,
                Texts.RestoreNewFolderThen);
        }

        if (names.Count > 0 && found.Count == 0)
        {
            throw new ProblemException(ProblemKind.NotFound, Problems.NothingRestoredInSnapshot);
        }

        issues.AddRange(names.Except(found).Select(name => new RunIssue(Absolute(name), Absent)));
    }

    // restic stores a relative path as it was typed, but says the whole path in the snapshot; and the output of a
    // program under whatever name it was given.
    private Text? Unknown()
    {
        if (dumped)
        {
            return Texts.OutputProgramWhichNever;
        }

        var chosen = selection.Names.Count == 0 ? [selection.Parent] : selection.Names.Select(Absolute).ToList();
        return chosen.Any(path => !spec.Sources.Any(source => Inspection.IsBelow(path, source))
            && !seen.Any(source => Inspection.IsBelow(source, path)))
            || (names.Count > 0 && found.Count == 0 && chosen.Any(spec.Sources.Contains))
            ? Texts.SaysMadeButFiles(spec.Sources.Take(3).AsNames())
            : null;
    }

    private string Absolute(string name) => selection.Parent == "/" ? name : selection.Parent + name;
}
