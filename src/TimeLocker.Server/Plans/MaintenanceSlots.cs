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

/// <summary>Decides what is due of a repository's maintenance: the same rules for its slots as for those of a plan.</summary>
public sealed class MaintenanceSlots(AuditLog audit, RunRecorder recorder, RunDriver driver, ClockWatch clockWatch,
    TimeProvider clock)
{
    internal static SlotRules RulesOf(Repository place, MaintenanceSchedule schedule) =>
        new(place.Id, [schedule.When], PlanWindows.Always, null, ZoneTime.Zone(schedule.When.Zone));

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
            List<Run> runs = [.. place.MaintenanceSchedules.SelectMany(schedule => Targets(schedule, place, copies)
                .SelectMany(target => Decide(place, target, schedule, open, now)))];
            place.MaintenanceUntil = now;
            var added = await recorder.AddAsync(db, runs);
            note.About("repository", repositoryId, SlotDesk.Sum(added));
            return added;
        }, ct));
    }

    private static IEnumerable<Repository> Targets(MaintenanceSchedule schedule, Repository place,
        IReadOnlyList<Repository> copies) =>
        schedule.Kind != RunKind.Copy ? [place] : copies.Where(c => schedule.CopyTo is null || c.Id == schedule.CopyTo);

    private IEnumerable<Run> Decide(Repository place, Repository target, MaintenanceSchedule schedule,
        IReadOnlyList<Run> open, DateTimeOffset now)
    {
        if (schedule is { Kind: RunKind.Prune, AfterRemovals: true } && !MaintenanceAge.NeedsPrune(place))
        {
            return [];
        }

        var rules = RulesOf(place, schedule);
        var busy = open.Any(r => r.RepositoryId == target.Id && r.Kind == schedule.Kind && r.Cause is RunCause.Schedule
            or RunCause.CatchUp);
        var due = DueSlots.Decide(rules, rules.Slots(DueSlots.Open(place.MaintenanceUntil, now), now), now, busy);
        if (due.Run is { } stopped && WhyNot(place, target, schedule) is { } why)
        {
            due = new(null, [.. due.Left, new(stopped.At, RunOutcome.Skipped, why)]);
        }

        var (title, machine) = schedule.Kind == RunKind.Copy
            ? ((Text?)CopyRuns.Title(place, target), target.CopiedOn(place)) : (null, null);
        return due.Runs(now,
            (slot, queued) => RepositoryRun.Of(RepositoryRun.RequestOf(schedule, place), target, Actor.System, queued,
                title,
            slot: slot, id: RunId.OfSlot(schedule, target.Id, slot.At), machine: machine));
    }

    private Problem? WhyNot(Repository place, Repository target, MaintenanceSchedule schedule) =>
        schedule.Kind == RunKind.Copy ? (target.CopiedOn(place) is null ? CopyRuns.NoMachine(place, target) : null)
        : schedule.Kind != RunKind.Prune ? null
        : place.AppendOnly ? Problems.SlotLeftOutRepository
        : clockWatch.Doubt is { } doubt ? new(Texts.SlotLeftOutRepository,
            Texts.NothingRemovedWhileClock(doubt.Why), doubt.Next)
        { Step = NextStep.ConfirmClock }
        : null;
}
