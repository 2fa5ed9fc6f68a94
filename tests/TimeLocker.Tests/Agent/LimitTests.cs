using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What a run may take, seen from outside: of the network, the processor and the disk.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>();

    private readonly AgentRig rig = new();
    private readonly FakeClock clock = new(TimeProvider.System.GetUtcNow());
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Clock = clock;
        rig.Restart();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    /// <summary>Slow until the clock is moved by an hour, then without a limit.</summary>
    private ResourceRules SlowAtFirst(int upload = 0, int download = 0)
    {
        var at = TimeOnly.FromDateTime(clock.GetUtcNow().AddHours(1).ToLocalTime().DateTime);
        return new() { PackSize = 4, Windows = [new LimitWindow(Week, at.AddHours(-12), at, upload, download)] };
    }

    private void CrossEdge() => clock.Advance(TimeSpan.FromHours(1));

    [Fact]
    public async Task A_backup_that_crosses_an_edge_of_the_timetable_ends_once_with_all_files_and_the_new_speed()
    {
        var content = Enumerable.Range(0, 12).Select(i => rig.WriteNoise($"data/{i}", i + 1)).ToList();
        List<string?> notes = [];
        var spec = rig.Backup(target, rig.In("data")) with { Resources = SlowAtFirst(upload: 4000) };

        var run = await CrossUnderWayAsync(spec, now => notes.Add(now.Progress.Note?.Full));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Result!.FilesTotal.ShouldBe(content.Count);
        run.Command!.ShouldNotContain("--limit-upload");
        Directory.EnumerateFiles(rig.In("repo", "snapshots")).ShouldHaveSingleItem();
        rig.Locks.ShouldBeEmpty();
        notes.ShouldContain(note => note != null && note.StartsWith("The speed limit changed at")
            && note.Contains("goes on without a limit"));
        var log = await rig.LogAsync(run.Id);
        log.ShouldContain("--limit-upload=4000");
        log.ShouldContain("The speed limit changed at");
    }

    [Fact]
    public async Task A_restart_of_TimeLocker_before_the_edge_does_not_make_the_run_miss_it()
    {
        rig.WriteNoise("data/file", 40);
        var spec = rig.Backup(target, rig.In("data")) with { Resources = SlowAtFirst(upload: 4000) };
        var run = AgentRig.NewRun(spec);
        await foreach (var happened in rig.Agent.RunAsync(spec, 0, default))
        {
            run.Apply(happened);
            if (run.Progress.BytesDone > 0)
            {
                break;
            }
        }

        await rig.Agent.DisposeAsync();
        CrossEdge();

        await AgentRig.FollowAsync(rig.Restart(), spec, run);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Command!.ShouldNotContain("--limit-upload");
        Directory.EnumerateFiles(rig.In("repo", "snapshots")).ShouldHaveSingleItem();
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restore_that_crosses_an_edge_has_every_file_whole()
    {
        var files = Enumerable.Range(0, 10).Select(i => rig.WriteNoise($"data/{i}", i + 1)).ToList();
        var saved = await rig.RunAsync(rig.Backup(target, rig.In("data")) with { Resources = new() { PackSize = 4 } });
        var spec = new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = saved.SnapshotId!,
            Paths = [],
            Folder = rig.In("restored"),
            Resources = SlowAtFirst(download: 8000),
        };

        var run = await CrossUnderWayAsync(spec);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        (await rig.LogAsync(run.Id)).ShouldContain("goes on without a limit");
        foreach (var file in files)
        {
            (await Task.WhenAll(File.ReadAllBytesAsync(file),
                File.ReadAllBytesAsync(rig.In("restored") + file))).ShouldSatisfyAllConditions(both => both[0]
                    .SequenceEqual(both[1]).ShouldBeTrue(file));
        }

        (run.Result!.FilesSkipped, run.Result.BytesRestored).ShouldBe((0, 55L << 20));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_it_is_stopped_for_an_edge_is_cancelled()
    {
        rig.StandIn(
            $"trap 'while [ ! -e {rig.In("go")} ]; do sleep 0.05; done; exit 130' TERM; touch {rig.In("begun")}; while :; do sleep 0.1; done");
        rig.Restart();
        rig.Write("data/file");
        var spec = rig.Backup(target, rig.In("data")) with { Resources = SlowAtFirst(upload: 500) };
        var running = rig.RunAsync(spec);
        await AgentRig.UntilAsync(() => File.Exists(rig.In("begun")));
        CrossEdge();
        await AgentRig.UntilAsync(() => File.Exists(rig.In("state", "runs", spec.RunId.ToString("N"), "halted")));

        await rig.Agent.StopAsync(spec.RunId, default);
        rig.Write("go");

        (await running).Outcome.ShouldBe(RunOutcome.Cancelled);
    }

    private async Task<Run> CrossUnderWayAsync(RunSpec spec, Action<Run>? each = null)
    {
        var crossed = false;
        return await rig.RunAsync(spec, now =>
        {
            each?.Invoke(now);
            if (now.Progress.BytesDone > 0 && !crossed)
            {
                crossed = true;
                CrossEdge();
            }
        });
    }

    [Theory]
    [InlineData(Priority.Low, 10, 7)]
    [InlineData(Priority.Idle, 19, 0)]
    public async Task A_low_priority_and_the_other_rules_reach_restic(Priority priority, int nice, int level)
    {
        rig.StandIn(
            $"cat /proc/self/stat > {rig.In("stat")}; ionice -p $$ > {rig.In("ionice")}; echo \"$GOMAXPROCS $@\" > {rig.In("words")}; exit 1");
        rig.Restart();
        rig.Write("data/file");

        var run = await rig.RunAsync(rig.Backup(target,
            rig.In("data")) with
        {
            Resources = new()
            {
                Priority = priority,
                Processors = 1,
                PackSize = 64,
                ReadConcurrency = 5,
                Upload = 300,
                Download = 400,
            }
        });

        File.Exists(rig.In("words")).ShouldBeTrue($"{run.Problem} {string.Join(' ', run.Checks)}");
        Nice(rig.In("stat")).ShouldBe(Math.Min(19, Nice("/proc/self/stat") + nice)); // the tests may be niced themselves
        (await File.ReadAllTextAsync(rig.In("ionice"))).ShouldBe(priority == Priority.Idle ? "idle\n"
            : $"best-effort: prio {level}\n");
        (await File.ReadAllTextAsync(rig.In("words"))).ShouldStartWith(
            "1 backup --limit-upload=300 --limit-download=400 --pack-size=64 --read-concurrency=5 ");
        run.Checks.ShouldContain(check => check.Name == "priority" && check.Level == CheckLevel.Ok);
    }

    private static int Nice(string stat) =>
        int.Parse(File.ReadAllText(stat).Split(") ")[^1].Split(' ')[16],
            System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Where_nice_is_missing_it_goes_without()
    {
        var command = new ChildCommand("restic", ["backup"]);

        Priorities.Apply(command, new() { Priority = Priority.Idle }, rig.In("nothing")).ShouldBe(command);
        Priorities.Apply(command, new() { Priority = Priority.Low }).Program.ShouldBe("nice");
    }
}
