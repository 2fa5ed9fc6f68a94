using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class UnlockJob(UnlockSpec spec) : Job(spec)
{
    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        var locks = await desk.Ask.LockIdsAsync(spec.Target, ct);
        desk.Say("lock", locks.Count == 0 ? Texts.NobodyHoldsLock : Texts.LocksNow(locks.Count));
        return desk.Facts(spec.Target, ResticArguments.Unlock(spec.Target)) with { Locks = locks.Count };
    }

    public override RunEnded Judge(ResticResult heard) =>
        heard.Ended(heard.Outcome == RunOutcome.Succeeded ? new RunResult { Maintenance = new MaintenanceResult() }
            : null);

    public override async Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (ended.Result is not { Maintenance: { } maintenance } result)
        {
            return ended;
        }

        try
        {
            var left = await new ResticQueries(restic).LocksAsync(spec.Target, CancellationToken.None);
            maintenance = maintenance with
            {
                LocksRemoved = Math.Max(0, facts.Locks - left.Count),
                Report = [.. left.Select(held => Texts.StillHeld(held.User, held.Host, held.Pid,
                    TextArgument.Of(held.At.UtcDateTime, "u")))],
            };
            return ended with { Result = result with { Maintenance = maintenance } };
        }
        catch (ProblemException e)
        {
            return ended with { Result = result with { Maintenance = maintenance with { Report = [e.Problem.Why] } } };
        }
    }
}
