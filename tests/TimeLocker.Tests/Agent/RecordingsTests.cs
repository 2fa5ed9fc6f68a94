using System.Globalization;
using System.Text;
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

/// <summary>restic's recorded output of three versions, read as a run reads it.</summary>
public sealed class RecordingsTests
{
    private static readonly ResticTarget Nowhere = new() { Location = "/nowhere" };

    public static TheoryData<string> Versions =>
        new(Directory.EnumerateDirectories(Recordings.Folder).Select(d => Path.GetFileName(d)!));

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_recording_never_throws_and_no_failure_reads_as_success(string version)
    {
        var recordings = Directory.EnumerateFiles(Path.Combine(Recordings.Folder, version), "*.exit")
            .Select(f => f[..^".exit".Length]).ToList();
        recordings.Count.ShouldBeGreaterThan(10);
        foreach (var recording in recordings)
        {
            var exit = ExitOf(recording);
            foreach (var outcome in Outcomes(recording, exit))
            {
                (outcome == RunOutcome.Succeeded && exit != 0).ShouldBeFalse(recording);
            }
        }
    }

    [Theory]
    [InlineData("backup-first", RunOutcome.Succeeded, null)]
    [InlineData("backup-exit3-unreadable", RunOutcome.Incomplete, "Not everything was backed up.")]
    [InlineData("backup-SIGTERM", RunOutcome.Interrupted, "restic was stopped from outside.")]
    [InlineData("snapshots-wrongpw", RunOutcome.Failed, "The repository's password is wrong.")]
    [InlineData("missingmount-backup", RunOutcome.Failed, "There is no repository at this place.")]
    [InlineData("diskfull-backup", RunOutcome.Failed, "The disk is full.")]
    [InlineData("check-locked", RunOutcome.Failed, "The repository is locked.")]
    [InlineData("be-rest-401", RunOutcome.Failed, "The server refuses access.")]
    [InlineData("be-rest-quota507", RunOutcome.Failed, "The repository's quota is used up.")]
    [InlineData("be-sftp-hostkey-changed", RunOutcome.Failed, "The server is not the one that is known.")]
    [InlineData("perm-snapshots", RunOutcome.Failed, "Access was denied.")]
    [InlineData("corrupt-dump", RunOutcome.Failed, "The repository is damaged.")]
    public void The_usual_failures_are_named(string recording, RunOutcome outcome, string? what)
    {
        var path = Path.Combine(Recordings.Folder, "0.19.1", recording);
        var ended = Read(path, ExitOf(path), Backup);
        (ended.Outcome, ended.Problem?.What.Full).ShouldBe((outcome, what));
    }

    [Fact]
    public void A_restore_with_errors_is_incomplete_and_says_which()
    {
        var ended = Read(Path.Combine(Recordings.Folder, "0.19.1", "corrupt-restore"), 1, Restore);
        (ended.Outcome, ended.Problem?.What.Full).ShouldBe((RunOutcome.Incomplete, "Not everything was restored."));
    }

    private static BackupSpec Backup => new() { RunId = Guid.Empty, Target = Nowhere, Host = "h", Sources = ["/s"] };

    private static RestoreSpec Restore =>
        new() { RunId = Guid.Empty, Target = Nowhere, SnapshotId = "", Paths = [], Folder = "/t" };

    private static IEnumerable<RunOutcome> Outcomes(string recording, int exit) =>
        [Read(recording, exit, Backup).Outcome, Read(recording, exit, Backup with { Mode = BackupMode.DryRun }).Outcome,
            Read(recording, exit, Restore).Outcome];

    private static RunEnded Read(string recording, int exit, RunSpec spec)
    {
        var preview = new Preview(null);
        var (output, errors) = (new ResticOutput { Detail = preview.Add }, new ResticErrors(_ => { }, _ => { }));
        Feed(output.Lines, recording + ".jsonl");
        Feed(errors.Lines, recording + ".stderr");
        var facts = new RunFacts { Command = "", ResticVersion = "", StartedAt = default };
        return Job.Of(spec)
            .Judge(OutcomeRules.Read(facts, exit, output.Summary, preview, errors, output.Text.All,
                new Redactor(Nowhere), stopped: false, default));
    }

    // In crumbs of odd length, as a file that is still being written gives them.
    private static void Feed(LineSplitter lines, string path)
    {
        foreach (var crumb in (File.Exists(path) ? File.ReadAllBytes(path) : Encoding.UTF8.GetBytes("")).Chunk(997))
        {
            lines.Add(crumb);
        }

        lines.End();
    }

    private static int ExitOf(string recording) => int.Parse(File.ReadAllText(recording + ".exit"), CultureInfo.InvariantCulture);
}
