using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Plans;

/// <summary>
/// Decides what is due of a plan: the newest slot begins, or each says why it does not. What is due is written down
/// together with the watermark that says so, in one transaction: nothing fires twice, and no kill comes in between.
/// </summary>
public sealed class SlotDesk(AuditLog audit, RunRecorder recorder, RunDriver driver, AgentRegistry agents, TimeProvider clock)
{
    /// <summary>All slots of a plan up to now, by its own schedule.</summary>
    internal async Task DecideAsync(Guid planId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        driver.Begin(await WriteAsync(planId, now, (plan, busy, known) =>
        {
            var rules = SlotRules.Of(plan, agents.ZoneOf(plan.MachineId));
            var open = rules.Slots(DueSlots.Open(plan.ScheduledUntil, now), now).Where(slot => !known.Contains(slot.At));
            var due = DueSlots.Decide(rules, open, now, busy);
            return [.. due.Runs(now, (slot, queued) =>
                PlanRun.Of(plan, PlanRun.Usual, slot.Cause, Actor.System, queued, slot.At, slot.NotBefore))];
        }, ct));
    }

    /// <param name="decide">From the plan as it is now, whether a backup of it has not ended, and the slots after its
    /// watermark that have a run already.</param>
    /// <returns>The new runs: those that are to begin, and those that ended as missed or skipped.</returns>
    internal Task<IReadOnlyList<Run>> WriteAsync(
        Guid planId, DateTimeOffset now,
        Func<BackupPlan, bool, IReadOnlySet<DateTimeOffset>, IReadOnlyList<Run>> decide, CancellationToken ct) =>
        audit.ChangeAsync(Actor.System, "plan.due", async (db, note) =>
        {
            note.About("plan", planId);
            if (await db.Plans.SingleOrDefaultAsync(p => p.Id == planId && p.ArchivedAt == null, ct) is not { } plan)
            {
                return [];
            }

            var open = await db.Runs.AsNoTracking()
                .Where(r => r.State != RunState.Ended && r.PlanId == planId && r.Kind == RunKind.Backup)
                .ToListAsync(ct);
            var since = DueSlots.Open(plan.ScheduledUntil, now);
            var known = await db.Runs.Where(r => r.PlanId == planId && r.Slot > since).Select(r => r.Slot!.Value).ToListAsync(ct);
            var runs = decide(plan, open.Any(r => r is { HasEnded: false, IsBackup: true }), known.ToHashSet());
            plan.ScheduledUntil = now;
            var added = await recorder.AddAsync(db, runs);
            note.About("plan", planId, Sum(added));
            return added;
        }, ct);

    /// <summary>What the audit trail says of them.</summary>
    internal static object Sum(IReadOnlyList<Run> runs) => new
    {
        queued = runs.Where(r => !r.HasEnded).Select(r => r.Id),
        missed = runs.Count(r => r.Outcome == RunOutcome.Missed),
        skipped = runs.Count(r => r.Outcome == RunOutcome.Skipped),
    };
}
