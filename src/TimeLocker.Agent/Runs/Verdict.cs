using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>How a run of restic ended. Success needs exit code 0, a summary and, for a backup, a snapshot that is really there.</summary>
internal static class Verdict
{
    public static Problem Cancelled { get; } = new("The run was cancelled.", "It was stopped on request.", "Start it again when you like; what was already stored is used again.");

    public static Problem Interrupted { get; } = new("The run was interrupted.", "restic ended while TimeLocker was not watching, by a power cut, a reboot or a kill, and left no snapshot.", "Run it again.");

    public static Problem NotBegun { get; } = new("The run was interrupted.", "TimeLocker was stopped before restic had begun.", "Run it again.");

    public static RunEnded Of(RunSpec spec, RunFacts facts, int exit, ResticMessage? summary, Preview preview, ResticErrors errors, Redactor redactor, bool stopped, DateTimeOffset at)
    {
        var (outcome, problem) = stopped && exit != ResticExit.Ok ? (RunOutcome.Cancelled, Cancelled) : ResticExit.Judge(exit, redactor.Clean(errors.Why));
        return spec is RestoreSpec restore
            ? Restore(restore, facts, exit, summary, preview, errors, outcome, problem, at)
            : Backup((BackupSpec)spec, facts, summary, outcome, problem, at);
    }

    private static RunEnded Backup(BackupSpec spec, RunFacts facts, ResticMessage? summary, RunOutcome outcome, Problem? problem, DateTimeOffset at)
    {
        if (outcome is not (RunOutcome.Succeeded or RunOutcome.Incomplete))
        {
            return new RunEnded(outcome, null, null, problem) { At = at };
        }

        var dry = spec.Mode == BackupMode.DryRun;
        if (summary is null || summary.DryRun != dry || (!dry && summary.SnapshotId is not { Length: 64 }))
        {
            return new RunEnded(RunOutcome.Failed, null, null, new Problem("restic ended without a result.", "It reported no valid summary, so it is not known what was saved.", "Look at the log, then run it again.")) { At = at };
        }

        if (facts.Missing.Count > 0 && outcome == RunOutcome.Succeeded)
        {
            (outcome, problem) = (RunOutcome.Incomplete, new Problem("Not everything was backed up.", $"{facts.Missing.Count} of {spec.Sources.Count} sources {(facts.Missing.Count == 1 ? "does" : "do")} not exist.", "Correct the folders in the plan, or mount the disk that holds them."));
        }

        // A dry run prints the id of a snapshot that was never made.
        return new RunEnded(outcome, dry ? null : summary.SnapshotId, BackupResult(summary, dry), problem) { At = at };
    }

    private static RunResult BackupResult(ResticMessage s, bool dry) => new()
    {
        FilesNew = s.Number("files_new"),
        FilesChanged = s.Number("files_changed"),
        FilesUnmodified = s.Number("files_unmodified"),
        DirsNew = s.Number("dirs_new"),
        DirsChanged = s.Number("dirs_changed"),
        DirsUnmodified = s.Number("dirs_unmodified"),
        FilesTotal = s.Number("total_files_processed"),
        BytesTotal = s.Number("total_bytes_processed"),
        BytesAdded = s.Number("data_added"),
        BytesStored = s.Number("data_added_packed"),
        SnapshotAt = s.BackupStart,
        DryRun = dry,
    };

    private static RunEnded Restore(RestoreSpec spec, RunFacts facts, int exit, ResticMessage? summary, Preview preview, ResticErrors errors, RunOutcome outcome, Problem? problem, DateTimeOffset at)
    {
        if (summary is null)
        {
            return outcome == RunOutcome.Succeeded
                ? new RunEnded(RunOutcome.Failed, null, null, new Problem("restic ended without a result.", "It reported no summary, so it is not known what was restored.", "Look at the log, then restore again.")) { At = at }
                : new RunEnded(outcome, null, outcome == RunOutcome.Cancelled ? new RunResult { Folder = facts.Target, DryRun = spec.DryRun } : null, problem) { At = at };
        }

        var result = new RunResult
        {
            FilesTotal = summary.Number("total_files"),
            BytesTotal = summary.Number("total_bytes"),
            FilesRestored = summary.Number("files_restored"),
            BytesRestored = summary.Number("bytes_restored"),
            FilesSkipped = summary.Number("files_skipped"),
            FilesNew = preview.New,
            FilesChanged = preview.Replaced,
            FilesUnmodified = preview.Unchanged,
            Verified = spec.Verify && !spec.DryRun && exit == ResticExit.Ok,
            DryRun = spec.DryRun,
            Folder = facts.Target,
        };
        if (exit == ResticExit.Ok && result.FilesTotal + result.FilesSkipped == 0)
        {
            return new RunEnded(RunOutcome.Failed, null, result, new Problem("Nothing was restored.", "Nothing in the snapshot matches what was chosen.", "Open the snapshot again and choose from what it shows.")) { At = at };
        }

        // restic's counters count what failed too; that something came through shows where fewer failed than were restored.
        if (outcome == RunOutcome.Failed && exit == ResticExit.Failed && errors.Issues > 0 && result.FilesRestored > 0)
        {
            (outcome, problem) = (RunOutcome.Incomplete, new Problem("Not everything was restored.", $"{errors.Issues} files or folders could not be written or read; restic's figures count them too.", "Look at the list of issues, then restore again what is missing."));
        }

        return new RunEnded(outcome, null, result, problem) { At = at };
    }
}
