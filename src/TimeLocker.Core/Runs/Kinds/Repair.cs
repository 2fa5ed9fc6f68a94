using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>A step of a repair was asked for.</summary>
/// <param name="Packs">The damaged pack files, for <see cref="RepairStep.Packs"/>.</param>
public sealed record RepairRequest(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunRequest
{
    public override Text Name() => DryRun ? Texts.RepairDryRun : Step switch
    {
        RepairStep.Index => Texts.RepairOfIndex,
        RepairStep.Packs => Texts.RepairOfPacks,
        _ => Texts.RepairOfSnapshots,
    };

    public override bool IsDryRun() => DryRun;

    public override Role MinimumRole() => DryRun ? Role.Operator : Role.Admin;

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) =>
        [new(repository, DryRun ? LockMode.Read : LockMode.Exclusive)];

    public override bool ChangesSnapshots() => Step == RepairStep.Snapshots && !DryRun;

    public override bool IsLike(RunRequest other) => other is RepairRequest repair && repair.Step == Step;

    public override RunSpec Spec(Guid run, ResticTarget target) =>
        new RepairSpec(Step, Packs, DryRun) { RunId = run, Target = target };

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
            new(Texts.MissingPacks(DryRun), maintenance.Packs.Count),
            new(Texts.Errors, maintenance.Errors),
        ],
        RepairStep.Packs => [new(Texts.DamagedPacks, maintenance.Packs.Count),
            new(Texts.SnapshotsConcerned, maintenance.Snapshots.Count)],
        _ => [new(Texts.SnapshotsChange(DryRun), maintenance.Snapshots.Count)],
    };

    public override Text SnapshotsTitle() => DryRun ? base.SnapshotsTitle() : Texts.ChangedTitle;
}

public sealed record RepairSpec(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunSpec;
