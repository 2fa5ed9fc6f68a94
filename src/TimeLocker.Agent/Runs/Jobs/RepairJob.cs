using System.Text.RegularExpressions;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed partial class RepairJob(RepairSpec spec) : Job(spec)
{
    private const int MostLines = 40;

    public override bool Writes => !spec.DryRun;

    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        if (!spec.DryRun)
        {
            await desk.RemoveStaleLocksAsync(spec.Target);
        }

        var wanted = spec is { Step: RepairStep.Packs, DryRun: false } ? spec with { Packs = await PresentAsync(desk, ct) } : spec;
        return desk.Facts(spec.Target, ResticArguments.Repair(wanted, desk.Folder.MakeTemporary()));
    }

    public override RunEnded Judge(ResticResult heard)
    {
        var answered = heard.Outcome == RunOutcome.Succeeded
            || (heard.Exit == ResticExit.Failed && (IsCheck(heard) || IsCutOff(heard)));
        return answered
            ? new RunEnded(RunOutcome.Succeeded, null,
                new RunResult { DryRun = spec.DryRun, Maintenance = Maintenance(heard) }, null)
            { At = heard.At }
                : heard.Ended();
    }

    // The dry run of the index is a check: that it finds something is its answer.
    private bool IsCheck(ResticResult heard) =>
        spec is { Step: RepairStep.Index, DryRun: true }
            && heard.Errors.Said.All.Any(line => line.Contains("repository contains errors", StringComparison.Ordinal));

    private bool IsCutOff(ResticResult heard) =>
        spec is { Step: RepairStep.Packs, DryRun: true }
            && heard.Errors.Said.All.Any(line => line.Contains("header", StringComparison.Ordinal));

    private MaintenanceResult Maintenance(ResticResult heard) => (spec.Step, spec.DryRun) switch
    {
        (RepairStep.Index, true) => OfCheck(CheckReport.Of(heard.Text, heard.Errors.Said.All)),
        (RepairStep.Index, false) => new MaintenanceResult
        {
            Packs = [.. heard.Errors.Said.All.Select(line => Gone().Match(line)).Where(found => found.Success)
                .Select(found => found.Groups[1].Value)],
            Report = Said(heard.Errors.Said.All.Take(MostLines)),
        },
        (RepairStep.Packs, true) => new MaintenanceResult
        {
            Packs = spec.Packs,
            Snapshots = [.. heard.Text.Select(line => InSnapshot().Match(line)).Where(found => found.Success)
                .Select(found => found.Groups[1].Value).Distinct()],
            Report = IsCutOff(heard)
                ? [Texts.PackCutOff]
                : Said(heard.Text.Select(line => InFile().Match(line)).Where(found => found.Success)
                    .Select(found => found.Groups[1].Value).Distinct().Take(MostLines)),
        },
        (RepairStep.Packs, false) => new MaintenanceResult
        {
            Packs = spec.Packs,
            Report =
            [
                .. Said(heard.Errors.Said.All.Where(line => !line.StartsWith("Use `restic", StringComparison.Ordinal))
                    .Take(MostLines - 1)),
                Texts.CopiesRemoved,
            ],
        },
        _ => WithFiles(Changed(heard.Text)),
    };

    // restic passes over a snapshot whose own file is damaged, and every check fails for ever.
    private MaintenanceResult WithFiles(MaintenanceResult changed)
    {
        var damaged = spec.Target.Folder is { } folder ? SnapshotFiles.Damaged(folder, remove: !spec.DryRun) : [];
        return damaged.Count == 0 ? changed : changed with
        {
            Snapshots = [.. changed.Snapshots, .. damaged],
            Report = [.. changed.Report.Take(MostLines - damaged.Count),
                .. damaged.Select(id => Texts.SnapshotFileDamaged(id[..8], spec.DryRun))],
        };
    }

    private static MaintenanceResult OfCheck(CheckReport report) =>
        new()
        {
            Errors = report.Errors,
            Packs = report.Packs,
            Snapshots = report.Snapshots,
            IndexDamaged = report.IndexDamaged,
            SuggestsPrune = report.SuggestsPrune,
            Report = Said(report.Lines),
        };

    // "snapshot 1b0b1ee8 of …", then what is done to it; those without such lines are as they were.
    private static MaintenanceResult Changed(IReadOnlyList<string> text)
    {
        List<string> changed = [], report = [];
        var current = "";
        foreach (var line in text)
        {
            if (OfSnapshot().Match(line) is { Success: true } next)
            {
                current = next.Groups[1].Value;
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal) || Done().IsMatch(line))
            {
                changed.Add(current);
                report.Add($"{current}: {line.Trim()}");
            }
        }

        return new MaintenanceResult { Snapshots = [.. changed.Distinct()], Report = Said(report.Take(MostLines)) };
    }

    // restic refuses all where one is not there.
    private async Task<IReadOnlyList<string>> PresentAsync(Preparation desk, CancellationToken ct)
    {
        var there = await desk.Ask.PacksAsync(spec.Target, spec.Packs, ct);
        desk.Say("packs", Texts.PacksThere(there.Count, spec.Packs.Count, there.Count < spec.Packs.Count),
            there.Count < spec.Packs.Count ? CheckLevel.Warning : CheckLevel.Ok);
        return there.Count > 0 ? there
            : throw new ProblemException(ProblemKind.Conflict, Problems.NoSuchPackFile);
    }

    [GeneratedRegex("^removing not found pack file ([0-9a-f]{64})")]
    private static partial Regex Gone();

    [GeneratedRegex("in snapshot ([0-9a-f]{8})")]
    private static partial Regex InSnapshot();

    [GeneratedRegex("^ ... (?:in file|path) (/.*)$")]
    private static partial Regex InFile();

    [GeneratedRegex("^snapshot ([0-9a-f]{8}) of ")]
    private static partial Regex OfSnapshot();

    [GeneratedRegex("^(?:would have )?(?:saved new|removed|remove) .*snapshot|^would have")]
    private static partial Regex Done();
}
