using System.Globalization;
using Shouldly;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Agent.Runs.Jobs;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What restic 0.18 and 0.19 were recorded saying to maintenance commands, read as a run reads it.</summary>
public sealed class MaintenanceRecordingsTests
{
    private static readonly ResticTarget Nowhere = new() { Location = "/nowhere" };

    [Theory]
    [InlineData("0.18.0", "prune-real")]
    [InlineData("0.19.1", "prune-real")]
    public void A_prune_is_read_from_its_text(string version, string recording)
    {
        var maintenance = Read(version, recording,
            new PruneSpec(null, null, false) { RunId = Guid.Empty, Target = Nowhere }).Result!.Maintenance!;
        maintenance.BytesFreed.ShouldBeGreaterThan(1 << 20);
        (maintenance.BytesRepacked, maintenance.BytesUnused).ShouldBe((0, 0));
        maintenance.BytesStored.ShouldBeGreaterThan(1 << 20);
        maintenance.Report.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData("0.18.0", "copy", 2)]
    [InlineData("0.19.1", "copy", 2)]
    [InlineData("0.19.1", "copy-again", 0)]
    public void A_copy_says_which_snapshots_it_made(string version, string recording, int snapshots) =>
        Read(version, recording,
            new CopySpec(Nowhere)
            {
                RunId = Guid.Empty,
                Target = Nowhere,
            }).Result!.Maintenance!.Snapshots.Count.ShouldBe(snapshots);

    [Theory]
    [InlineData("0.18.0")]
    [InlineData("0.19.1")]
    public void Stats_are_one_object_without_a_kind(string version)
    {
        var maintenance = Read(version, "stats-raw-data",
            new StatsSpec { RunId = Guid.Empty, Target = Nowhere }).Result!.Maintenance!;
        maintenance.BytesUncompressed.ShouldBeGreaterThan(maintenance.BytesStored);
        maintenance.Blobs.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("corrupt-check-read-text", 1, 1, false)]
    [InlineData("missingpack-check-text", 1, 1, true)]
    [InlineData("check-text", 0, 0, false)]
    public void A_check_is_read_from_its_text(string recording, int errors, int packs, bool index)
    {
        var ended = Read("0.19.1", recording, new CheckSpec(CheckDepth.Full, 0) { RunId = Guid.Empty, Target = Nowhere });
        ended.Outcome.ShouldBe(errors == 0 ? RunOutcome.Succeeded : RunOutcome.Failed);
        var maintenance = ended.Result!.Maintenance!;
        (maintenance.Errors, maintenance.Packs.Count, maintenance.IndexDamaged).ShouldBe((errors, packs, index));
    }

    [Fact]
    public void A_check_that_met_a_lock_says_nothing_about_health()
    {
        var ended = Read("0.19.1", "check-locked-text", new CheckSpec(CheckDepth.Full, 0) { RunId = Guid.Empty, Target = Nowhere });
        (ended.Outcome, ended.Problem!.What.Full, ended.Result).ShouldBe((RunOutcome.Failed, "The repository is locked.", null));
    }

    [Theory]
    [InlineData("repair-snapshots", 0)]
    [InlineData("repair-snapshots2", 4)]
    public void A_repair_says_which_snapshots_it_changed(string recording, int changed)
    {
        var maintenance = Read("0.19.1", recording,
            new RepairSpec(RepairStep.Snapshots, [], false)
            {
                RunId = Guid.Empty,
                Target = Nowhere,
            }).Result!.Maintenance!;
        maintenance.Snapshots.Count.ShouldBe(changed);
        maintenance.Report.Count(line => line.Full.Contains("removed missing content", StringComparison.Ordinal))
            .ShouldBe(changed / 2);
    }

    private static RunEnded Read(string version, string recording, RunSpec spec)
    {
        var path = Path.Combine(Recordings.Folder, version, recording);
        var output = new ResticOutput();
        var errors = new ResticErrors(_ => { }, _ => { });
        output.Lines.Add(File.ReadAllBytes(path + ".jsonl"));
        output.Lines.End();
        errors.Lines.Add(File.ReadAllBytes(path + ".stderr"));
        errors.Lines.End();
        var exit = int.Parse(File.ReadAllText(path + ".exit"), CultureInfo.InvariantCulture);
        var facts = new RunFacts { Command = "", ResticVersion = version, StartedAt = DateTimeOffset.UnixEpoch };
        var heard = OutcomeRules.Read(facts, exit, output.Summary, new Preview(null), errors, output.Text.All,
            new Redactor(Nowhere), stopped: false, DateTimeOffset.UnixEpoch);
        return Job.Of(spec).Judge(heard);
    }
}
