using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>The removal of snapshots was asked for.</summary>
/// <param name="Snapshots">Full ids.</param>
/// <param name="DryRun">restic says what it would remove, and removes nothing.</param>
public sealed record ForgetRequest(IReadOnlyList<string> Snapshots, bool DryRun) : RunRequest
{
    public override Text Name() => DryRun ? Texts.RemovalDryRun : base.Name();

    public override bool IsDryRun() => DryRun;

    public override Role MinimumRole() => Role.Admin;

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) =>
        [new(repository, DryRun ? LockMode.Read : LockMode.Exclusive)];

    public override bool ChangesSnapshots() => !DryRun;

    public override MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) =>
        AfterStop(maintenance, run, mark);

    // However it ended: what it had removed is gone.
    public override MaintenanceRecord AfterStop(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) =>
        !DryRun && run.Result is { Changed.Count: > 0 } ? maintenance with { Removal = mark } : maintenance;

    public override IReadOnlyList<Figure> Figures(RunResult result) =>
    [
        new(DryRun ? Texts.WouldBeRemoved : Texts.SnapshotsRemoved(result.Changed.Count), result.Changed.Count),
    ];
}

public sealed record ForgetSpec(IReadOnlyList<string> Snapshots, bool DryRun) : RunSpec;
