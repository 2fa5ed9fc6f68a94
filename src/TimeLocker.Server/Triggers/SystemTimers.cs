using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Triggers;

/// <summary>Which timer of the system starts a plan.</summary>
/// <param name="Kind">Null: none any more, TimeLocker's own schedule does it again.</param>
public sealed record NewTimer(TimerKind? Kind, bool System = false)
{
    /// <summary>What was written into it; null: the plan's schedules as they are now.</summary>
    public IReadOnlyList<Schedule>? Rings { get; init; }
}

/// <summary>
/// Plans that the system's own scheduler starts: who they are, what their calls begin, and which calls did not come.
/// </summary>
public sealed partial class SystemTimers(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, PlanCatalog plans,
    BackupRuns runs, SlotDesk slots, RunRecorder recorder, RunFeed feed, AgentRegistry agents, TimeProvider clock)
    : IExternalStarter
{
    /// <summary>A call that is later than this is missed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    // A machine that just started gets the calls for what it slept through; they are let in first.
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset begun = clock.GetUtcNow();
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>
    /// Notes that a timer of the system starts this plan from now on. TimeLocker does not look whether it is really
    /// there: it watches that it calls.
    /// </summary>
    public async Task<BackupPlan> SetAsync(Guid planId, NewTimer wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var changed = await audit.ChangeAsync(who, "plan.timer", async (db, note) =>
        {
            // that of an archived plan can still be taken away
            var plan = await db.Plans.SingleOrDefaultAsync(p => p.Id == planId
                && (p.ArchivedAt == null || wanted.Kind == null), ct) ?? throw Unknown();
            if (wanted.Kind is { } kind)
            {
                Require(plan, kind);
            }

            plan.Timer = wanted.Kind is { } known
                ? new SystemTimer(known, wanted.System,
                    clock.GetUtcNow())
                {
                    Rings = wanted.Rings is { } rings ? ScheduleRules.Schedules(rings)
                        : plan.Schedules
                } : null;
            plan.ScheduledUntil = clock.GetUtcNow(); // what was due before is decided by whoever started it then
            note.About("plan", planId, new { timer = wanted.Kind?.ToString() ?? "none", wanted.System });
            return plan;
        }, ct);
        plans.TellChanged();
        return changed;
    }

    /// <summary>The system's timer calls: the newest slot that has no run is answered.</summary>
    /// <returns>The run; it has ended as skipped where the plan may not begin now.</returns>
    public async Task<Run> CallAsync(Guid planId, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await gate.WaitAsync(ct);
        try
        {
            var plan = await FindAsync(planId, ct);
            if (plan.Timer is null)
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.NotStartedSystemTimelockers(plan.Name));
            }

            var now = clock.GetUtcNow();
            await audit.TouchAsync(async db =>
            {
                var row = await db.Plans.SingleAsync(p => p.Id == planId, ct);
                row.Timer = row.Timer! with { CalledAt = now };
            }, ct);
            var slot = (await OpenSlotsAsync(plan, now, ct)).Cast<DateTimeOffset?>().LastOrDefault();
            if (WhyNot(plan, now) is not { } why)
            {
                return await runs.StartAsync(planId, new() { Cause = RunCause.Schedule, Slot = slot }, who, ct);
            }

            var skipped = NotRun(plan, slot ?? throw new ProblemException(ProblemKind.Conflict, why), RunOutcome.Skipped, why);
            await recorder.NeverRanAsync(skipped, ct);
            feed.Publish(skipped);
            return skipped;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>When the call for the plan's next slot is given up.</summary>
    public DateTimeOffset? Next(BackupPlan plan) =>
        NextSlot(plan, plan.ScheduledUntil) is { } slot && slot + PatienceWith(plan) is var given
            ? given > begun + AfterStart ? given : begun + AfterStart : null;

    /// <summary>Writes down the slots whose call should have come by now.</summary>
    public async Task DecideAsync(BackupPlan plan, DateTimeOffset now, CancellationToken ct)
    {
        var until = now - PatienceWith(plan);
        if (now < begun + AfterStart || NextSlot(plan, plan.ScheduledUntil) is not { } first || first > until)
        {
            return;
        }

        await gate.WaitAsync(ct);
        try
        {
            var written = await slots.WriteAsync(plan.Id, until, (current, _, known) => Silent(current, until, known), ct);
            foreach (var run in written)
            {
                feed.Publish(run);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The plan's next slot after a moment.</summary>
    public static DateTimeOffset? NextSlot(BackupPlan plan, DateTimeOffset after) =>
        SlotRules.Of(plan, TimeZoneInfo.Utc).Next(after);

    private static TimeSpan PatienceWith(BackupPlan plan) =>
        Patience + TimeSpan.FromMinutes(plan.Schedules.Select(s => s.DelayMinutes).DefaultIfEmpty().Max());

    // Slots up to a moment that no run has answered, in order.
    private async Task<List<DateTimeOffset>> OpenSlotsAsync(BackupPlan plan, DateTimeOffset until, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var answered = (await db.Runs.AsNoTracking()
            .Where(r => r.PlanId == plan.Id && r.Slot != null && r.Slot > plan.ScheduledUntil)
            .Select(r => r.Slot!.Value).ToListAsync(ct)).ToHashSet();
        return [.. SlotRules.Of(plan, agents.ZoneOf(plan.MachineId)).Slots(DueSlots.Open(plan.ScheduledUntil, until),
            until).Select(s => s.At).Where(s => !answered.Contains(s))];
    }

    private Problem? WhyNot(BackupPlan plan, DateTimeOffset now) =>
        plan.PausedUntil > now ? Paused(plan)
        : !SlotRules.Of(plan, agents.ZoneOf(plan.MachineId)).Allows(now) ? Problems.BackupSkippedOutsideHours
        : feed.Active.Any(r => r.PlanId == plan.Id && r.IsBackup)
            ? Problems.BackupSkippedOneBefore
        : null;

    private List<Run> Silent(BackupPlan plan, DateTimeOffset until, IReadOnlySet<DateTimeOffset> known)
    {
        var open = SlotRules.Of(plan, agents.ZoneOf(plan.MachineId)).Slots(DueSlots.Open(plan.ScheduledUntil, until),
            until).Select(s => s.At).Where(s => !known.Contains(s)).ToList();
        return [.. open.Select((slot, at) => plan.PausedUntil >= slot
            ? NotRun(plan, slot, RunOutcome.Skipped, Paused(plan), at - open.Count)
            : NotRun(plan, slot, RunOutcome.Missed, Silent(plan), at - open.Count))];
    }

    private Run NotRun(BackupPlan plan, DateTimeOffset slot, RunOutcome outcome, Problem why, int order = 0)
    {
        var now = clock.GetUtcNow();
        var run = PlanRun.Of(plan, PlanRun.Usual, RunCause.Schedule, Actor.System, now.AddTicks(order), slot);
        run.Apply(new RunEnded(outcome, null, null, why) { At = now });
        return run;
    }

    private async Task<BackupPlan> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.ArchivedAt == null, ct) ?? throw Unknown();
    }

    private static void Require(BackupPlan plan, TimerKind kind)
    {
        if (plan.Schedules.Count == 0)
        {
            throw ProblemException.Invalid(Problems.NoScheduleSystemsTimer(plan.Name));
        }

        plan.Schedules.ForEach(s => _ = kind == TimerKind.Systemd ? SystemTimerCalendar.OnCalendar(s)
            : SystemTimerCalendar.Crontab(s));
    }

    private static Problem Paused(BackupPlan plan) => new(Texts.BackupSkippedOutsideHours,
        plan.PausedBecause is { } why ? Texts.Paused(plan.Name, why) : Texts.PlanIsPaused(plan.Name),
        Texts.EndPauseWhenShould);

    private static Problem Silent(BackupPlan plan) => Problems.SystemsTimerDidNot(plan.Timer!.Kind == TimerKind.Systemd, plan.Name);

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
}
