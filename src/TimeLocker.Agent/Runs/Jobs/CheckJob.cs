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
            return heard.Ended(new RunResult
            {
                Maintenance = new MaintenanceResult { SuggestsPrune = report.SuggestsPrune, Report = Said(report.Lines) }
            });
        }

        if (heard.Exit is ResticExit.Failed or ResticExit.WrongPassword && report.Keyless)
        {
            return heard.Failed(Problems.WhatOpensRepositoryDamaged,
                new RunResult
                {
                    Maintenance = new MaintenanceResult
                    {
                        Errors = 1,
                        Report = Said(heard.Errors.Said.All.Take(5)),
                    }
                });
        }

        if (heard.Exit != ResticExit.Failed
            || !heard.Errors.Said.All.Any(line => line.Contains("repository contains errors",
                StringComparison.Ordinal)))
        {
            return heard.Ended();
        }

        var maintenance = new MaintenanceResult
        {
            Errors = report.Errors,
            Packs = report.Packs,
            Snapshots = report.Snapshots,
            IndexDamaged = report.IndexDamaged,
            SuggestsPrune = report.SuggestsPrune,
            Report = Said(report.Lines),
        };
        return heard.Failed(Texts.RepositoryDamaged, Why(maintenance, complete: false), Next(maintenance),
            new RunResult { Maintenance = maintenance });
    }

    /// <summary>Which snapshots need what is damaged; as far as it can be found in two minutes.</summary>
    public override async Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (report is not { Errors: > 0 } found
            || ended is not { Result.Maintenance: { } maintenance, Problem: { } problem } || found.Keyless)
        {
            return ended;
        }

        var (snapshots, complete) = await new AffectedSnapshots(restic, spec.Target).FindAsync(found);
        maintenance = maintenance with { Snapshots = snapshots };
        return ended with
        {
            Result = ended.Result with { Maintenance = maintenance },
            Problem = problem.With(why: Why(maintenance, complete)),
        };
    }

    private static Text Why(MaintenanceResult maintenance, bool complete)
    {
        Text what = maintenance.Packs.Count > 0 ? Texts.PackFileDamagedOr(maintenance.Packs.Count)
            : maintenance.IndexDamaged ? Texts.IndexDoesNotFit
            : Texts.ErrorFound(maintenance.Errors);
        return maintenance.Snapshots.Count > 0 ? Texts.SnapshotNeeds(what, complete, maintenance.Snapshots.Count)
            : complete ? Texts.NoSnapshotNeeds(what) : Texts.Text(what);
    }

    // In the order in which things heal: what the index says decides what else is missing.
    private Text Next(MaintenanceResult maintenance) =>
        maintenance.IndexDamaged ? Texts.RepairIndexThenCheck
        : maintenance.Packs.Count > 0 ? Texts.RepairDamagedPacksRun
        : report is { Snapshots: [var damaged, ..] } ? spec.Target.Folder is null
            ? Texts.BringFileSnapshotsBack(damaged)
            : Texts.BringFileBackFrom
        : Texts.RunFullBackupWhat;
}
