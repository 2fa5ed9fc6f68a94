using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Plans;

/// <summary>Decides what is due of a repository's upkeep: the same rules for its slots as for those of a plan.</summary>
public sealed class CareSlots(AuditLog audit, RunRecorder recorder, RunDriver driver, ClockWatch clockWatch, TimeProvider clock)
{
    internal static SlotRules RulesOf(Repository place, CareSchedule care) =>
        new(place.Id, [care.When], PlanWindows.Always, null, ZoneTime.Zone(care.When.Zone));

    /// <summary>All slots of a repository up to now.</summary>
    internal async Task DecideAsync(Guid repositoryId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        driver.Begin(await audit.ChangeAsync(Actor.System, "repository.due", async (db, note) =>
        {
            note.About("repository", repositoryId);
            if (await db.Repositories.SingleOrDefaultAsync(r => r.Id == repositoryId, ct) is not { } place)
            {
                return [];
            }

            var copies = await db.Repositories.AsNoTracking().Where(r => r.CopyOfId == repositoryId).ToListAsync(ct);
            var open = await db.Runs.AsNoTracking().Where(r => r.State != RunState.Ended).ToListAsync(ct);
            open.RemoveAll(run => run.HasEnded);
            List<Run> runs = [.. place.Care.SelectMany(care => Targets(care, place, copies).SelectMany(target => Decide(place, target, care, open, now)))];
            place.CareUntil = now;
            await recorder.AddAsync(db, runs);
            note.About("repository", repositoryId, SlotDesk.Sum(runs));
            return runs;
        }, ct));
    }

    private static IEnumerable<Repository> Targets(CareSchedule care, Repository place, IReadOnlyList<Repository> copies) =>
        care.Kind != RunKind.Copy ? [place] : copies.Where(c => care.CopyTo is null || c.Id == care.CopyTo);

    private IEnumerable<Run> Decide(Repository place, Repository target, CareSchedule care, IReadOnlyList<Run> open, DateTimeOffset now)
    {
        if (care is { Kind: RunKind.Prune, AfterRemovals: true } && !CareAge.NeedsPrune(place))
        {
            return [];
        }

        var rules = RulesOf(place, care);
        var busy = open.Any(r => r.RepositoryId == target.Id && r.Kind == care.Kind && r.Cause is RunCause.Schedule or RunCause.CatchUp);
        var due = DueSlots.Decide(rules, rules.Slots(DueSlots.Open(place.CareUntil, now), now), now, busy);
        if (due.Run is { } stopped && WhyNot(place, care) is { } why)
        {
            due = new(null, [.. due.Left, new(stopped.At, RunOutcome.Skipped, why)]);
        }

        var title = care.Kind == RunKind.Copy ? CopyRuns.Title(place, target) : null;
        return due.Runs(now, (slot, id) => RepositoryRun.Of(RepositoryRun.RequestOf(care, place), target, Actor.System, now, title, slot: slot, id: id));
    }

    private Problem? WhyNot(Repository place, CareSchedule care) =>
        care.Kind != RunKind.Prune ? null
        : place.AppendOnly ? new("The slot was left out.",
            "The repository takes new data but lets nothing be removed (append-only).",
            "Take the prune out of its upkeep; prune where the storage is.")
        : clockWatch.Doubt is { } doubt ? new("The slot was left out.",
            $"Nothing is removed while the clock is in doubt. {doubt.Why}", doubt.Next)
        { Step = NextStep.ConfirmClock }
        : null;
}
