using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>What an end says of its repository.</summary>
public static class MaintenanceAfterRun
{
    /// <summary>What is known once this run has ended. Pure; says the same when it is asked twice.</summary>
    public static MaintenanceRecord After(this MaintenanceRecord maintenance, Run run)
    {
        if (run is not { EndedAt: { } at, Outcome: { } outcome })
        {
            return maintenance;
        }

        var mark = new MaintenanceMark(at, run.Id, outcome);
        return outcome is RunOutcome.Cancelled or RunOutcome.Interrupted
            ? run.Request.AfterStop(maintenance, run, mark)
            : run.Request.After(maintenance, run, mark);
    }
}
