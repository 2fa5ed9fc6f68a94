using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>
/// Folders that no snapshot names any more are to be found again: of snapshots that were removed, until a prune removes
/// their data.
/// </summary>
public sealed record RecoverRequest : RunRequest
{
    public override Role MinimumRole() => Role.Admin;

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) => [new(repository, LockMode.Write)];

    public override bool ChangesSnapshots() => true;

    public override RunSpec Spec(Guid run, ResticTarget target) => new RecoverSpec { RunId = run, Target = target };

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? []
        : [new(Texts.LostFoldersFound(maintenance.Snapshots.Count), maintenance.Snapshots.Count)];

    public override Text SnapshotsTitle() => Texts.MadeTitle;
}

public sealed record RecoverSpec : RunSpec;
