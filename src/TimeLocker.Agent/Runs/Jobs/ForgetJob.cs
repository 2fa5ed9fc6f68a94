using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class ForgetJob(ForgetSpec spec) : Job(spec)
{
    public override bool Writes => !spec.DryRun;

    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        if (!spec.DryRun)
        {
            await desk.RemoveStaleLocksAsync(spec.Target);
        }

        return desk.Facts(spec.Target, ResticArguments.Forget(spec));
    }

    // What is really gone is looked at afterwards; restic itself says nothing of it.
    public override RunEnded Judge(ResticResult heard) => heard.Exit == ResticExit.Partly
        ? heard.Failed(Texts.NotEverySnapshotCouldRemoved,
            heard.Errors.Why is { Length: > 0 } why
                ? ResticExit.Says(ResticProblems.FirstLine(why))
                : Texts.StorageRefusedRemoveSome,
            Texts.CheckAccountMayRemoveFiles)
        : heard.Ended(new RunResult { DryRun = spec.DryRun });

    public override async Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (spec.DryRun)
        {
            return ended;
        }

        try
        {
            var left = await new ResticQueries(restic).SnapshotsAsync(spec.Target, CancellationToken.None)
                .Select(s => s.Id).ToHashSetAsync();
            ended = ended with
            {
                Result = (ended.Result
                ?? new()) with
                {
                    Changed = spec.Snapshots.Where(id => !left.Contains(id)).ToDictionary(id => id,
                _ => "")
                }
            };
            var stayed = spec.Snapshots.Count(left.Contains);
            return ended.Outcome != RunOutcome.Succeeded || stayed == 0 ? ended : ended with
            {
                Outcome = RunOutcome.Failed,
                Problem = Problems.NotEverySnapshotRemoved(stayed, spec.Snapshots.Count),
            };
        }
        catch (ProblemException e) when (ended.Outcome == RunOutcome.Succeeded)
        {
            return ended with
            {
                Outcome = RunOutcome.Failed,
                Problem = new(Texts.NotKnownWhetherSnapshots, e.Problem.Why,
                    e.Problem.Next),
            };
        }
        catch (ProblemException)
        {
            return ended;
        }
    }

    /// <summary>No exit code: the repository's own list says what is gone.</summary>
    public override async Task<RunEnded?> RecoverAsync(ResticResult heard, ResticProcess restic, RunLog log)
    {
        var seen = await ConfirmAsync(new RunEnded(RunOutcome.Succeeded, null, null, null) { At = heard.At }, heard.Facts, restic);
        return spec.DryRun ? null : seen.Outcome == RunOutcome.Succeeded ? seen : heard.Ended(seen.Result);
    }
}
