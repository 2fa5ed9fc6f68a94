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

    public override RepositoryHealth After(RepositoryHealth health, Run run, HealthMark mark) =>
        DryRun || mark.Outcome != RunOutcome.Succeeded || health.Damage is not { } known ? health : health with
        {
            Damage = known with
            {
                Packs = [.. known.Packs.Except(run.Result?.Health?.Packs ?? [])],
                Index = known.Index && Step != RepairStep.Index,
            },
        };

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Health is not { } health ? [] : Step switch
    {
        RepairStep.Index =>
        [
            new(DryRun ? "missing packs would be taken out" : "missing packs taken out", health.Packs.Count),
            new("errors", health.Errors),
        ],
        RepairStep.Packs => [new("damaged packs", health.Packs.Count), new("snapshots concerned", health.Snapshots.Count)],
        _ => [new(DryRun ? "snapshots would change" : "snapshots changed", health.Snapshots.Count)],
    };

    public override string SnapshotsTitle() => DryRun ? base.SnapshotsTitle() : "Snapshots changed";
}

public sealed record RepairSpec(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunSpec;
