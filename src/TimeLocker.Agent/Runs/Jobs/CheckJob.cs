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

    public override RunEnded Judge(Heard heard)
    {
        report = CheckReport.Of(heard.Text, heard.Errors.Said.All);
        if (heard.Outcome == RunOutcome.Succeeded)
        {
            return heard.Ended(new RunResult { Health = new HealthResult { SuggestsPrune = report.SuggestsPrune, Report = report.Lines } });
        }

        if (heard.Exit is ResticExit.Failed or ResticExit.WrongPassword && report.Keyless)
        {
            return heard.Failed("What opens the repository is damaged.", "Its config or a key file is not what was written, so nothing in it can be read.", "Bring the file “config” and the folder “keys” back from a copy of the repository, then check again.",
                new RunResult { Health = new HealthResult { Errors = 1, Report = [.. heard.Errors.Said.All.Take(5)] } });
        }

        if (heard.Exit != ResticExit.Failed || !heard.Errors.Said.All.Any(line => line.Contains("repository contains errors", StringComparison.Ordinal)))
        {
            return heard.Ended();
        }

        var health = new HealthResult { Errors = report.Errors, Packs = report.Packs, Snapshots = report.Snapshots, IndexDamaged = report.IndexDamaged, SuggestsPrune = report.SuggestsPrune, Report = report.Lines };
        return heard.Failed("The repository is damaged.", Why(health, complete: false), Next(health), new RunResult { Health = health });
    }

    /// <summary>Which snapshots need what is damaged; as far as it can be found in two minutes.</summary>
    public override async Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (report is not { Errors: > 0 } found || ended is not { Result.Health: { } health, Problem: { } problem } || found.Keyless)
        {
            return ended;
        }

        var (snapshots, complete) = await new Concerned(restic, spec.Target).FindAsync(found);
        health = health with { Snapshots = snapshots };
        return ended with { Result = ended.Result with { Health = health }, Problem = problem.With(why: Why(health, complete)) };
    }

    private static string Why(HealthResult health, bool complete)
    {
        var what = health.Packs.Count > 0 ? $"{Count(health.Packs.Count, "pack file")} {(health.Packs.Count == 1 ? "is" : "are")} damaged or missing"
            : health.IndexDamaged ? "The index does not fit what is stored"
            : $"{Count(health.Errors, "error")} {(health.Errors == 1 ? "was" : "were")} found";
        return health.Snapshots.Count > 0 ? $"{what}; {(complete ? "" : "at least ")}{Count(health.Snapshots.Count, "snapshot")} {(health.Snapshots.Count == 1 ? "needs" : "need")} it."
            : complete ? $"{what}; no snapshot needs it." : $"{what}.";
    }

    // In the order in which things heal: what the index says decides what else is missing.
    private string Next(HealthResult health) =>
        health.IndexDamaged ? "Repair the index, then check again."
        : health.Packs.Count > 0 ? "Repair the damaged packs, run a full backup of what is still there, then check again."
        : report is { Snapshots: [var damaged, ..] } ? spec.Target.Folder is null
            ? $"Bring the file snapshots/{damaged}… back from a copy of the repository, or remove it where the storage is; then check again."
            : "Bring its file back from a copy of the repository, or repair the snapshots: what cannot be read any more is taken out."
        : "Run a full backup of what is still there and check again; then repair the snapshots.";

    private static string Count(long number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
