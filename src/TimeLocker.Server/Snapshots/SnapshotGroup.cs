namespace TimeLocker.Server.Snapshots;

/// <summary>Snapshots of the same folders of one machine: one series, whoever made them.</summary>
/// <param name="NewestId">The snapshot that one opens first.</param>
public sealed record SnapshotGroup(string Host, IReadOnlyList<string> Paths, int Count, DateTimeOffset Oldest,
    DateTimeOffset Newest, string NewestId);
