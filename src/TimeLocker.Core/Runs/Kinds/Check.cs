using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>A check was asked for.</summary>
/// <param name="Part">Which part of the stored data, for <see cref="CheckDepth.Part"/>; 1 … <see cref="Coverage.Parts"/>.</param>
public sealed record CheckRequest(CheckDepth Depth, int Part = 0) : RunRequest
{
    private const int MostMessages = 10;

    public override Text Name() => Depth switch
    {
        CheckDepth.Full => Texts.CheckOfAll,
        CheckDepth.Part => Texts.CheckOfPart,
        _ => base.Name(),
    };

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) => [new(repository, LockMode.Exclusive)];

    public override bool IsLike(RunRequest other) => other is CheckRequest check && check.Depth == Depth;

    public override RunSpec Spec(Guid run, ResticTarget target) => new CheckSpec(Depth, Part) { RunId = run, Target = target };

    public override MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark)
    {
        if (mark.Outcome == RunOutcome.Succeeded)
        {
            return maintenance with
            {
                Check = mark,
                Damage = maintenance.Damage is { } known && !Proves(known) ? known : null,
                Coverage = Depth switch
                {
                    CheckDepth.Full => Coverage.Whole(mark.At),
                    CheckDepth.Part => maintenance.Coverage.With(Part, mark.At),
                    _ => maintenance.Coverage,
                },
            };
        }

        return run.Result?.Maintenance is { } found
            ? maintenance with { Check = mark, Damage = Found(maintenance.Damage, found, mark) }
            : maintenance with { Check = mark };
    }

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? [] :
    [
        new(Texts.Errors, maintenance.Errors),
        new(Texts.DamagedOrMissingPacks, maintenance.Packs.Count),
        new(Texts.SnapshotsConcerned, maintenance.Snapshots.Count),
    ];

    // Damaged packs that a repair took out of the repository need no second reading: what misses them shows without.
    private bool Proves(Damage known) =>
        Depth == CheckDepth.Full || known.Depth == CheckDepth.Metadata || known.Packs.Count == 0
        || (Depth == known.Depth && Part == known.Part);

    private Damage Found(Damage? before, MaintenanceResult found, MaintenanceMark mark)
    {
        var earlier = before is { } known && !Proves(known) ? known : null;
        return new Damage(
            earlier?.FoundAt ?? mark.At,
            mark.RunId,
            [.. found.Packs.Union(earlier?.Packs ?? [])],
            [.. found.Snapshots.Union(earlier?.Snapshots ?? [])],
            [.. found.Report.Take(MostMessages)],
            found.IndexDamaged || earlier is { Index: true })
        {
            Depth = earlier?.Depth ?? Depth,
            Part = earlier?.Part ?? Part,
        };
    }
}

/// <param name="Depth">See <see cref="CheckRequest"/>.</param>
public sealed record CheckSpec(CheckDepth Depth, int Part) : RunSpec;
