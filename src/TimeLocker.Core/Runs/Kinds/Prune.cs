using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>Freeing space was asked for.</summary>
/// <param name="MaxUnused">Share of unused data that may stay, percent; null: restic's own choice.</param>
/// <param name="MaxRepackMiB">At most so much is downloaded and stored anew; null: no limit.</param>
public sealed record PruneRequest(int? MaxUnused, long? MaxRepackMiB, bool DryRun) : RunRequest
{
    public override Text Name() => DryRun ? Texts.PruneDryRun : base.Name();

    public override bool IsDryRun() => DryRun;

    public override Role MinimumRole() => DryRun ? Role.Operator : Role.Admin;

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) =>
        [new(repository, DryRun ? LockMode.Read : LockMode.Exclusive)];

    public override RunSpec Spec(Guid run, ResticTarget target) =>
        new PruneSpec(MaxUnused, MaxRepackMiB, DryRun) { RunId = run, Target = target };

    public override MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) =>
        DryRun ? maintenance : maintenance with { Prune = mark };

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? [] :
    [
        Figure.Bytes(Texts.Freed(DryRun), maintenance.BytesFreed),
        Figure.Bytes(Texts.StoredAnew(DryRun), maintenance.BytesRepacked),
        Figure.Bytes(Texts.Unused(DryRun), maintenance.BytesUnused),
    ];
}

public sealed record PruneSpec(int? MaxUnused, long? MaxRepackMiB, bool DryRun) : RunSpec;
