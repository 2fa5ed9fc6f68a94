using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Runs;

/// <summary>What is looked at once restic is gone: whether its word holds, what the repository says, whether a lock was left.</summary>
internal sealed class Aftermath(RunSpec spec, RunFacts facts, ResticProcess restic, RunLog log)
{
    public async Task<RunEnded> ConfirmAsync(RunEnded ended)
    {
        if (spec is RestoreSpec { Folder: { } restored, DryRun: false } && ended.Result is { } result)
        {
            return ended with { Result = result with { Notable = RestoreFolder.Notable(restored, CancellationToken.None) } };
        }

        if (ended.SnapshotId is not { } id)
        {
            return ended;
        }

        var problem = spec.Target.Folder is { } repository
            ? FolderRepository.Disprove(repository, facts.Config, facts.Mount, id)
            : await new ResticQueries(restic).DisproveAsync(spec.Target, id);
        return problem is null ? ended : ended with { Outcome = RunOutcome.Failed, SnapshotId = null, Problem = problem };
    }

    /// <summary>No exit code was written: the machine went down, or the wrapper was killed. The repository itself knows whether the backup was done.</summary>
    public async Task<RunEnded> AskRepositoryAsync(bool withIssues, DateTimeOffset now)
    {
        if (spec is not BackupSpec { Mode: not BackupMode.DryRun } || await FindSnapshotAsync() is not { } snapshot)
        {
            return new RunEnded(RunOutcome.Interrupted, null, null, Verdict.Interrupted) { At = now };
        }

        var result = new RunResult { FilesTotal = snapshot.Files ?? 0, BytesTotal = snapshot.Bytes ?? 0, BytesAdded = snapshot.BytesAdded ?? 0, SnapshotAt = snapshot.Time };
        return withIssues
            ? new RunEnded(RunOutcome.Incomplete, snapshot.Id, result, ResticExit.Judge(ResticExit.Partly, "").Problem) { At = now }
            : new RunEnded(RunOutcome.Succeeded, snapshot.Id, result, null) { At = now };
    }

    /// <summary>restic takes a lock for stale once its holder is gone, and a killed process is there until it is reaped.</summary>
    public async Task UnlockAsync(ProcessIdentity? process)
    {
        for (var waits = 0; waits < 100 && process is { HasGroup: true }; waits++)
        {
            await Task.Delay(50);
        }

        try
        {
            await restic.UnlockAsync(spec.Target);
        }
        catch (ProblemException e)
        {
            log.Add($"The lock that the run left could not be removed: {e.Problem.Why}");
        }
    }

    private async Task<Snapshot?> FindSnapshotAsync()
    {
        try
        {
            return await new ResticQueries(restic).FindTaggedAsync(spec.Target, spec.Tag, CancellationToken.None);
        }
        catch (ProblemException e)
        {
            log.Add($"The repository could not be asked whether the backup was done: {e.Problem.Why}");
            return null;
        }
    }
}
