using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>Upkeep of a repository that happens by itself: the same rules for its slots as for those of a plan.</summary>
public sealed partial class RunCoordinator
{
    internal static SlotRules RulesOf(Repository place, CareSchedule care) => new(place.Id, [care.When], PlanWindows.Always, null, ZoneTime.Zone(care.When.Zone));

    internal async Task DecideCareAsync(Guid repositoryId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        Begin(await recorder.DecideCareAsync(repositoryId, now, (place, copies, open) =>
            [.. place.Care.SelectMany(care => Targets(care, place, copies).SelectMany(target => Decide(place, target, care, open, now)))], ct));
    }

    private static IEnumerable<Repository> Targets(CareSchedule care, Repository place, IReadOnlyList<Repository> copies) =>
        care.Kind != RunKind.Copy ? [place] : copies.Where(c => care.CopyTo is null || c.Id == care.CopyTo);

    private IEnumerable<Run> Decide(Repository place, Repository target, CareSchedule care, IReadOnlyList<Run> open, DateTimeOffset now)
    {
        if (care is { Kind: RunKind.Prune, AfterRemovals: true } && !CareAge.NeedsPrune(place))
        {
            yield break;
        }

        var rules = RulesOf(place, care);
        var busy = open.Any(r => r.RepositoryId == target.Id && r.Kind == care.Kind && r.Cause is RunCause.Schedule or RunCause.CatchUp);
        var due = DueSlots.Decide(rules, rules.Slots(Since(place.CareUntil, now), now), now, busy);
        IReadOnlyList<LeftSlot> left = due.Run is { } stopped && WhyNot(place, care) is { } why ? [.. due.Left, new(stopped.At, RunOutcome.Skipped, why)] : due.Left;
        foreach (var run in Left(left, now, (slot, id) => Care(place, target, care, new(slot, RunCause.Schedule, null), id)))
        {
            yield return run;
        }

        if (due.Run is { } begins && WhyNot(place, care) is null)
        {
            yield return Care(place, target, care, begins, null);
        }
    }

    private Problem? WhyNot(Repository place, CareSchedule care) =>
        care.Kind != RunKind.Prune ? null
        : place.AppendOnly ? new("The slot was left out.", "The repository takes new data but lets nothing be removed (append-only).", "Take the prune out of its upkeep; prune where the storage is.")
        : clockWatch.Doubt is { } doubt ? new("The slot was left out.", $"Nothing is removed while the clock is in doubt. {doubt.Why}", doubt.Next) { Step = NextStep.ConfirmClock }
        : null;

    private Run Care(Repository place, Repository target, CareSchedule care, RunSlot slot, Guid? id)
    {
        var (verb, request) = care.Kind switch
        {
            RunKind.Check => ("Check of", (RunRequest)new CheckRequest(care.Depth, care.Depth == CheckDepth.Part ? place.Health.Coverage.Next : 0)),
            RunKind.Prune => ("Prune of", new PruneRequest(care.MaxUnused, care.MaxRepackMiB, false)),
            RunKind.Copy => ($"Copy of {place.Name} to", new CopyRequest(place.Id)),
            _ => ("Size of", new StatsRequest()),
        };
        return NewHealthRun(care.Kind, verb, target, request, Actor.System, slot, id);
    }
}
