using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Core.Plans;

/// <summary>
/// Further tries: after what may pass by itself as the plan says, whoever had started it; after an interruption once,
/// at once. Pure.
/// </summary>
public static class NextTry
{
    /// <summary>Whether an end is one after which another try may come.</summary>
    public static bool MayFollow(Run run) =>
        run is { IsBackup: true, Request: BackupRequest, Outcome: RunOutcome.Interrupted or RunOutcome.Failed };

    /// <param name="chance">0 … 1, so that many do not try at the same moment.</param>
    /// <returns>The next try; null: there is none.</returns>
    public static Run? Of(Run run, BackupPlan plan, DateTimeOffset now, double chance)
    {
        // Once: a plan that is interrupted again has a reason that a person must see.
        if (run.Outcome == RunOutcome.Interrupted)
        {
            return run.Cause == RunCause.Retry ? null : Try(run, plan, now, null);
        }

        return run.Transient && run.Attempt < plan.Options.Retries.Times
            ? Try(run, plan, now, now + plan.Options.Retries.WaitAfter(run.Attempt, chance))
            : null;
    }

    /// <summary>A newer run of the plan saves all that the older one would save.</summary>
    public static bool TakesOver(Run newer, Run older) =>
        newer.Id != older.Id && newer.PlanId == older.PlanId && newer.QueuedAt >= older.QueuedAt
        && newer is { IsBackup: true, Request: BackupRequest wide }
        && older.Request is BackupRequest narrow && wide.Covers(narrow);

    private static Run Try(Run run, BackupPlan plan, DateTimeOffset now, DateTimeOffset? notBefore) =>
        PlanRun.Of(plan, (BackupRequest)run.Request, RunCause.Retry, Actor.System, now, notBefore: notBefore,
            id: RunId.OfTryAfter(run.Id), attempt: run.Attempt + 1);
}
