using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Plans;

/// <summary>What the end of a run counts for its plan.</summary>
public static class PlanCounters
{
    /// <summary>
    /// A slot that was missed or skipped is no run: what the last real run said stays, or a failure would be forgotten
    /// by being away the day after.
    /// </summary>
    /// <param name="triedAgain">Another try is queued: this end is not the last word.</param>
    public static void Count(BackupPlan plan, Run run, bool triedAgain)
    {
        switch (run.Outcome)
        {
            case RunOutcome.Skipped:
                return;
            case RunOutcome.Missed:
                plan.MissedInARow++;
                return;
            case RunOutcome.Succeeded:
                (plan.FailedInARow, plan.WarnedInARow, plan.MissedInARow) = (0, 0, 0);
                plan.OverdueSince = null;
                break;
            case RunOutcome.Incomplete:
                (plan.FailedInARow, plan.WarnedInARow, plan.MissedInARow) = (0, plan.WarnedInARow + 1, 0);
                break;
            case RunOutcome.Failed or RunOutcome.Interrupted:
                (plan.FailedInARow, plan.WarnedInARow, plan.MissedInARow) = (plan.FailedInARow + (triedAgain ? 0 : 1), 0, 0);
                break;
        }

        (plan.LastRunId, plan.LastOutcome, plan.LastEndedAt) = (run.Id, run.Outcome, run.EndedAt);
    }
}
