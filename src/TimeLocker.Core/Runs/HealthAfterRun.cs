using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>What an end says of its repository.</summary>
public static class HealthAfterRun
{
    /// <summary>What is known once this run has ended. Pure; says the same when it is asked twice.</summary>
    public static RepositoryHealth After(this RepositoryHealth health, Run run)
    {
        if (run is not { EndedAt: { } at, Outcome: { } outcome })
        {
            return health;
        }

        var mark = new HealthMark(at, run.Id, outcome);
        return outcome is RunOutcome.Cancelled or RunOutcome.Interrupted
            ? run.Request.AfterStop(health, run, mark)
            : run.Request.After(health, run, mark);
    }
}
