using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class TagJob(TagSpec spec) : Job(spec)
{
    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        await desk.RemoveStaleLocksAsync(spec.Target);
        return desk.Facts(spec.Target, ResticArguments.Tag(spec));
    }

    // Some may have been changed before it failed: whoever keeps a list has to know. What the storage refuses is an
    // exit code of 0 all the same.
    public override RunEnded Judge(ResticResult heard)
    {
        var result = new RunResult { Changed = heard.Changed };
        return heard.Exit != ResticExit.Ok ? heard.Ended(result)
            : heard.Errors.Said.All.FirstOrDefault(
                line => line.Contains("unable to modify the tags", StringComparison.Ordinal)) is { } refused
                ? heard.Failed(Texts.NotEverySnapshotCould,
                    ResticExit.Says(refused),
                    Texts.CheckAccountMayRemove,
                    result)
            : heard.Summary is null ? heard.Failed(Problems.ResticEndedWithoutResultRead, result)
            : heard.Ended(result);
    }
}
