using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class RestoreJob(RestoreSpec spec) : Job(spec)
{
    public override bool Writes => false;

    public override Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        var selection = RestoreSelection.Of(spec.Paths);
        var target = TargetCheck.Of(spec);
        desk.Folder.Write(ResticArguments.IncludeFile, ResticPatterns.Includes(selection.Names));
        var arguments = ResticArguments.Restore(spec, selection, target, desk.Folder.Path);
        return Task.FromResult(desk.Facts(spec.Target, arguments) with { Target = target });
    }

    public override RunEnded Judge(Heard heard)
    {
        var (outcome, problem) = (heard.Outcome, heard.Problem);
        if (heard.Summary is not { } summary)
        {
            return outcome == RunOutcome.Succeeded
                ? heard.Failed("restic ended without a result.", "It reported no summary, so it is not known what was restored.", "Look at the log, then restore again.")
                : heard.Ended(outcome == RunOutcome.Cancelled ? new RunResult { Folder = heard.Facts.Target, DryRun = spec.DryRun } : null);
        }

        var result = new RunResult
        {
            FilesTotal = summary.Number("total_files"),
            BytesTotal = summary.Number("total_bytes"),
            FilesRestored = summary.Number("files_restored"),
            BytesRestored = summary.Number("bytes_restored"),
            FilesSkipped = summary.Number("files_skipped"),
            FilesNew = heard.Preview.New,
            FilesChanged = heard.Preview.Replaced,
            FilesUnmodified = heard.Preview.Unchanged,
            Verified = spec.Verify && !spec.DryRun && heard.Exit == ResticExit.Ok,
            DryRun = spec.DryRun,
            Folder = heard.Facts.Target,
        };
        if (heard.Facts.Restarts > 0 && spec.Folder is not null)
        {
            // What was "left as it was" in our own new folder came from the attempts before.
            result = result with { FilesRestored = result.FilesRestored + result.FilesSkipped, BytesRestored = result.BytesRestored + summary.Number("bytes_skipped"), FilesSkipped = 0 };
        }

        if (heard.Exit == ResticExit.Ok && result.FilesTotal + result.FilesSkipped == 0)
        {
            return heard.Failed("Nothing was restored.", "Nothing in the snapshot matches what was chosen.", "Open the snapshot again and choose from what it shows.", result);
        }

        // restic's counters count what failed too; that something came through shows where fewer failed than were restored.
        if (outcome == RunOutcome.Failed && heard.Exit == ResticExit.Failed && heard.Errors.Issues > 0 && result.FilesRestored > 0)
        {
            (outcome, problem) = (RunOutcome.Incomplete, new Problem("Not everything was restored.", $"{heard.Errors.Issues} files or folders could not be written or read; restic's figures count them too.", "Look at the list of issues, then restore again what is missing."));
        }

        return new RunEnded(outcome, null, result, problem) { At = heard.At };
    }

    public override Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic) => Task.FromResult(
        spec is { Folder: { } restored, DryRun: false } && ended.Result is { } result
            ? ended with { Result = result with { Notable = RestoreFolder.Notable(restored, CancellationToken.None) } }
            : ended);
}
