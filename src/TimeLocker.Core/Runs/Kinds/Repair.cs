using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>A step of a repair was asked for.</summary>
/// <param name="Packs">The damaged pack files, for <see cref="RepairStep.Packs"/>.</param>
public sealed record RepairRequest(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunRequest
{
    public override string Name() => DryRun ? "Dry run of a repair" : Step switch
    {
        RepairStep.Index => "Repair of the index",
        RepairStep.Packs => "Repair of damaged packs",
        _ => "Repair of snapshots",
    };

    public override bool IsDryRun() => DryRun;

    public override Role MinimumRole() => DryRun ? Role.Operator : Role.Admin;

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) => [new(repository, DryRun ? LockMode.Read : LockMode.Exclusive)];

    public override bool ChangesSnapshots() => Step == RepairStep.Snapshots && !DryRun;

    public override bool IsLike(RunRequest other) => other is RepairRequest repair && repair.Step == Step;

    public override RunSpec Spec(Guid run, ResticTarget target) => new RepairSpec(Step, Packs, DryRun) { RunId = run, Target = target };

    public override MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) =>
        DryRun || mark.Outcome != RunOutcome.Succeeded || maintenance.Damage is not { } known ? maintenance : maintenance with
        {
            Damage = known with
            {
                Packs = [.. known.Packs.Except(run.Result?.Maintenance?.Packs ?? [])],
                Index = known.Index && Step != RepairStep.Index,
            },
        };

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? [] : Step switch
    {
        RepairStep.Index =>
        [
            new(DryRun ? "missing packs would be taken out" : "missing packs taken out", maintenance.Packs.Count),
            new("errors", maintenance.Errors),
        ],
        RepairStep.Packs => [new("damaged packs", maintenance.Packs.Count), new("snapshots concerned", maintenance.Snapshots.Count)],
        _ => [new(DryRun ? "snapshots would change" : "snapshots changed", maintenance.Snapshots.Count)],
    };

    public override string SnapshotsTitle() => DryRun ? base.SnapshotsTitle() : "Snapshots changed";
}

public sealed record RepairSpec(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunSpec;
