using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Demo;

/// <summary>
/// Six months of nights: runs as they happen in an office, with the snapshots, days and counters that follow from them.
/// </summary>
internal sealed class DemoHistory(DateTimeOffset now, TimeZoneInfo zone)
{
    private const int Nights = 184;
    private readonly Random random = new(20260101);

    public List<Run> Runs { get; } = [];
    public List<Snapshot> Snapshots { get; } = [];
    public Dictionary<(Guid, DateOnly), PlanDay> Days { get; } = [];

    public static string Hex(string seed) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

    public void Add(BackupPlan plan, DemoFleet.Habit habit, string host)
    {
        var growth = 1.0;
        for (var night = Nights; night >= 0; night--)
        {
            var local = TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(-night).AddHours(habit.Hour).AddSeconds(random.Next(90));
            var at = new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
            var weekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            if (at < now.AddMinutes(-30) && !(weekend && habit.Machine is "reception" or "ben-desktop"))
            {
                growth += random.NextDouble() / 900;
                Add(plan, habit, host, at, growth, last: at > now.AddHours(-25));
            }

            // Laptops are saved again in the afternoon.
            if (habit.Machine == "anna-laptop" && !weekend && at.AddHours(5) < now.AddMinutes(-30))
            {
                Add(plan, habit, host, at.AddHours(5), growth, last: false);
            }
        }
    }

    private void Add(BackupPlan plan, DemoFleet.Habit habit, string host, DateTimeOffset at, double growth, bool last)
    {
        var outcome = (habit.Name, last) switch
        {
            ("Lab measurements", true) => RunOutcome.Failed,
            ("Mail", true) => RunOutcome.Incomplete,
            (_, true) => RunOutcome.Succeeded,
            _ => random.Next(1000) switch
            {
                < 9 => RunOutcome.Failed,
                < 24 => RunOutcome.Incomplete,
                < 28 => RunOutcome.Cancelled,
                < 30 => RunOutcome.Interrupted,
                _ => RunOutcome.Succeeded
            },
        };
        var run = new Run
        {
            Id = At(at),
            Kind = RunKind.Backup,
            Cause = RunCause.Schedule,
            PlanId = plan.Id,
            RepositoryId = plan.RepositoryId,
            MachineId = plan.MachineId,
            Title = Text.Verbatim(plan.Name),
            RequestedBy = Actor.System.Id,
            Request = new BackupRequest(BackupMode.Incremental, []),
            QueuedAt = at,
        };
        var (files, bytes) = ((long)(habit.Files * growth), (long)(habit.SizeGiB * growth * (1L << 30)));
        var added = (long)(bytes * (0.0004 + (random.NextDouble() * 0.004)));
        run.Apply(new RunStarted(DemoRun.Command(plan.Sources), "0.19.1") { At = at.AddSeconds(1) });
        var ended = at.AddSeconds(8 + (habit.SizeGiB * (0.4 + random.NextDouble())) + (habit.Files / 4000.0));
        var saved = outcome is RunOutcome.Succeeded or RunOutcome.Incomplete;
        foreach (var issue in outcome == RunOutcome.Incomplete ? DemoRun.Issues(habit.Sources[0]) : [])
        {
            run.Apply(new RunIssueFound(issue) { At = ended });
        }

        var result = DemoRun.Result(files, bytes, added, random) with { SnapshotAt = at.AddSeconds(2) };
        run.Apply(new RunEnded(outcome, saved ? Hex($"snapshot {run.Id}") : null, saved ? result : null,
            DemoRun.Problem(outcome, run.IssueCount))
        { At = ended });
        Runs.Add(run);
        Count(plan, run);
        if (saved)
        {
            Snapshots.Add(new()
            {
                RepositoryId = plan.RepositoryId,
                Id = run.SnapshotId!,
                Tree = Hex("tree /"),
                Time = at.AddSeconds(2),
                Host = host,
                Username = "root",
                Paths = plan.Sources,
                Tags = [.. plan.Options.Tags, RunSpec.TagOf(run.Id)],
                RunId = run.Id,
                PlanId = plan.Id,
                Files = files,
                Bytes = bytes,
                BytesAdded = result.BytesStored,
            });
        }
    }

    private void Count(BackupPlan plan, Run run)
    {
        (plan.LastRunId, plan.LastOutcome, plan.LastEndedAt) = (run.Id, run.Outcome, run.EndedAt);
        (plan.LastBytes, plan.LastFiles) = (run.Result?.BytesTotal ?? plan.LastBytes, run.Result?.FilesTotal ?? plan.LastFiles);
        plan.LastSuccessAt = run.Outcome == RunOutcome.Succeeded ? run.EndedAt : plan.LastSuccessAt;
        var on = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(run.EndedAt!.Value, zone).DateTime);
        var day = Days.TryGetValue((plan.Id, on), out var known) ? known
            : Days[(plan.Id, on)] = new() { PlanId = plan.Id, Day = on };
        day.Runs++;
        day.Failed += run.Outcome is RunOutcome.Failed or RunOutcome.Interrupted ? 1 : 0;
        day.Warned += run.Outcome is RunOutcome.Incomplete or RunOutcome.Cancelled ? 1 : 0;
        day.BytesAdded += run.Result?.BytesStored ?? 0;
    }

    /// <summary>A version 7 id of this moment, the same in every demo.</summary>
    public Guid At(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }
}
