using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>A copy from another repository was asked for.</summary>
/// <param name="From">The repository whose snapshots are copied; the run is on the copy.</param>
public sealed record CopyRequest(Guid From) : RunRequest
{
    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) =>
        [new(From, LockMode.Read), new(repository, LockMode.Write)];

    public override bool ChangesSnapshots() => true;

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? []
        : [new(Texts.SnapshotsCopied(maintenance.Snapshots.Count), maintenance.Snapshots.Count)];

    public override Text SnapshotsTitle() => Texts.CopiedTitle;
}

/// <param name="From">Where the snapshots come from; <see cref="RunSpec.Target"/> is where they go.</param>
public sealed record CopySpec(ResticTarget From) : RunSpec
{
    /// <summary>Full ids of what is copied; empty: nothing is missing there. Null: all.</summary>
    public IReadOnlyList<string>? Snapshots { get; init; }
}
