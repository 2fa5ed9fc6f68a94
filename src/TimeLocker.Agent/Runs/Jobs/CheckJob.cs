using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class CheckJob(CheckSpec spec) : Job(spec)
{
    private CheckReport? report;

    public override bool GoesWithoutLock => true;

    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        await desk.RemoveStaleLocksAsync(spec.Target);
        return desk.Facts(spec.Target, ResticArguments.Check(spec, desk.Folder.MakeTemporary()));
    }

    public override RunEnded Judge(ResticResult heard)
    {
        report = CheckReport.Of(heard.Text, heard.Errors.Said.All);
        if (heard.Outcome == RunOutcome.Succeeded)
        {
            return heard.Ended(new RunResult { Maintenance = new MaintenanceResult { SuggestsPrune = report.SuggestsPrune, Report = report.Lines } });
        }

        if (heard.Exit is ResticExit.Failed or ResticExit.WrongPassword && report.Keyless)
        {
            return heard.Failed("What opens the repository is damaged.", "Its config or a key file is not what was written, so nothing in it can be read.", "Bring the file “config” and the folder “keys” back from a copy of the repository, then check again.",
                new RunResult { Maintenance = new MaintenanceResult { Errors = 1, Report = [.. heard.Errors.Said.All.Take(5)] } });
        }

        if (heard.Exit != ResticExit.Failed || !heard.Errors.Said.All.Any(line => line.Contains("repository contains errors", StringComparison.Ordinal)))
        {
            return heard.Ended();
        }

        var maintenance = new MaintenanceResult { Errors = report.Errors, Packs = report.Packs, Snapshots = report.Snapshots, IndexDamaged = report.IndexDamaged, SuggestsPrune = report.SuggestsPrune, Report = report.Lines };
        return heard.Failed("The repository is damaged.", Why(maintenance, complete: false), Next(maintenance), new RunResult { Maintenance = maintenance });
    }

    /// <summary>Which snapshots need what is damaged; as far as it can be found in two minutes.</summary>
    public override async Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (report is not { Errors: > 0 } found || ended is not { Result.Maintenance: { } maintenance, Problem: { } problem } || found.Keyless)
        {
            return ended;
        }

        var (snapshots, complete) = await new AffectedSnapshots(restic, spec.Target).FindAsync(found);
        maintenance = maintenance with { Snapshots = snapshots };
        return ended with { Result = ended.Result with { Maintenance = maintenance }, Problem = problem.With(why: Why(maintenance, complete)) };
    }

    private static Sentence Why(MaintenanceResult maintenance, bool complete)
    {
        Sentence what = maintenance.Packs.Count > 0 ? $"{maintenance.Packs.Count} {(maintenance.Packs.Count == 1 ? "pack file is" : "pack files are")} damaged or missing"
            : maintenance.IndexDamaged ? "The index does not fit what is stored"
            : $"{maintenance.Errors} {(maintenance.Errors == 1 ? "error was" : "errors were")} found";
        return maintenance.Snapshots.Count > 0 ? $"{what}; {(complete ? "" : "at least ")}{maintenance.Snapshots.Count} {(maintenance.Snapshots.Count == 1 ? "snapshot needs" : "snapshots need")} it."
            : complete ? $"{what}; no snapshot needs it." : $"{what}.";
    }

    // In the order in which things heal: what the index says decides what else is missing.
    private Sentence Next(MaintenanceResult maintenance) =>
        maintenance.IndexDamaged ? "Repair the index, then check again."
        : maintenance.Packs.Count > 0 ? "Repair the damaged packs, run a full backup of what is still there, then check again."
        : report is { Snapshots: [var damaged, ..] } ? spec.Target.Folder is null
            ? $"Bring the file snapshots/{damaged}… back from a copy of the repository, or remove it where the storage is; then check again."
            : "Bring its file back from a copy of the repository, or repair the snapshots: what cannot be read any more is taken out."
        : "Run a full backup of what is still there and check again; then repair the snapshots.";
}
