namespace TimeLocker.Core.Snapshots;

/// <summary>Tags that TimeLocker writes on snapshots for itself; people can neither give nor take them.</summary>
public static class OwnTags
{
    /// <summary>A pinned snapshot, so that restic by itself (<c>--keep-tag tlpin</c>) keeps it, too.</summary>
    public const string Pin = "tlpin";

    /// <summary>Followed by the id of the run that made the snapshot.</summary>
    public const string Run = "tlrun:";

    private const string Copy = "tlcp:";

    /// <summary>Says where a snapshot comes from; nobody but TimeLocker reads it.</summary>
    public static bool IsMark(string tag) =>
        tag.StartsWith(Run, StringComparison.Ordinal) || tag.StartsWith(Copy, StringComparison.Ordinal);

    /// <summary>A tag that people gave.</summary>
    public static bool IsPeoples(string tag) => tag != Pin && !IsMark(tag);
}
