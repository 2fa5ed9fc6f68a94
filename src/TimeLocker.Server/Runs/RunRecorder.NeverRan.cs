using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

public sealed partial class RunRecorder
{
    /// <summary>Writes down a slot of an outside timer that was missed or skipped: a run that has ended before it began.</summary>
    public Task NeverRanAsync(Run run, CancellationToken ct) => audit.ChangeAsync(Actor.System, $"run.{run.Outcome}".ToLowerInvariant(), async (db, note) =>
    {
        db.Runs.Add(run);
        await BookAsync(db, run);
        if (await db.Plans.SingleOrDefaultAsync(p => p.Id == run.PlanId, ct) is { } plan && run is { Outcome: RunOutcome.Missed, Slot: { } slot } && slot > plan.ScheduledUntil)
        {
            plan.ScheduledUntil = slot;
        }

        note.About("run", run.Id, new { plan = run.PlanId, slot = run.Slot });
    }, ct);
}
