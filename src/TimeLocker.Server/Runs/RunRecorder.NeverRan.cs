using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

public sealed partial class RunRecorder
{
    /// <summary>A slot that somebody answered and that was skipped all the same: a run that has ended before it began.</summary>
    public Task NeverRanAsync(Run run, CancellationToken ct) => audit.ChangeAsync(Actor.System, $"run.{run.Outcome}".ToLowerInvariant(), async (db, note) =>
    {
        db.Runs.Add(run);
        await BookAsync(db, run);
        note.About("run", run.Id, new { plan = run.PlanId, slot = run.Slot });
    }, ct);
}
