using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Runs;

/// <summary>Removes the lock that a killed restic left.</summary>
internal static class LockCleanUp
{
    /// <summary>Removes what an earlier run had to leave because it could not reach the repository any more.</summary>
    public static async Task SettleAsync(IReadOnlyList<ResticTarget> targets, ResticProcess restic, RunLog log)
    {
        foreach (var target in targets)
        {
            if (restic.UnlockOwed(target) is { } holder)
            {
                await UnlockAsync([target], holder, restic, log);
            }
        }
    }

    public static async Task UnlockAsync(IReadOnlyList<ResticTarget> targets, ProcessIdentity? process,
        ResticProcess restic, RunLog log)
    {
        await GoneAsync(process);
        foreach (var target in targets)
        {
            try
            {
                await restic.UnlockAsync(target);
            }
            catch (ProblemException e)
            {
                log.Add(Texts.LockNotRemoved(e.Problem.Why));
            }
        }
    }

    // restic takes a lock for stale once its holder is gone, and a killed process is there until it is reaped.
    private static async Task GoneAsync(ProcessIdentity? process)
    {
        for (var waits = 0; waits < 100 && process is { HasGroup: true }; waits++)
        {
            await Task.Delay(50);
        }
    }
}
