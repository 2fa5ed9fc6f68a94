using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Plans;

/// <summary>What the end of a backup counts for its plan, and for the plan's day.</summary>
public sealed class PlanBook(AgentRegistry agents) : IRunBook
{
    public async Task RecordAsync(TimeLockerDb db, Run run)
    {
        // What was skipped on purpose says nothing about the plan.
        if (run is not { PlanId: { } planId, IsBackup: true } || run.Outcome == RunOutcome.Skipped
            || await db.Plans.SingleOrDefaultAsync(p => p.Id == planId) is not { } plan)
        {
            return;
        }

        PlanCounters.Count(plan, run, Retries.HasNext(db, run));
        if (run.Outcome is RunOutcome.Succeeded or RunOutcome.Incomplete)
        {
            (plan.LastBytes, plan.LastFiles) = (run.Result?.BytesTotal, run.Result?.FilesTotal);
            plan.LastSuccessAt = run.Outcome == RunOutcome.Succeeded ? run.EndedAt : plan.LastSuccessAt;
        }

        var at = run is { Outcome: RunOutcome.Missed, Slot: { } slot } ? slot : run.EndedAt!.Value;
        var on = agents.DayOf(plan.MachineId, at);
        var day = await db.PlanDays.FindAsync(planId, on);
        if (day is null)
        {
            db.PlanDays.Add(day = new() { PlanId = planId, Day = on });
        }

        day.Runs++;
        day.Failed += run.Outcome is RunOutcome.Failed or RunOutcome.Interrupted ? 1 : 0;
        day.Warned += run.Outcome is RunOutcome.Incomplete or RunOutcome.Cancelled or RunOutcome.Missed ? 1 : 0;
        day.BytesAdded += run.Result?.BytesStored ?? 0;
    }
}
