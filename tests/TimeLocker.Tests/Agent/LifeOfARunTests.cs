using System.Diagnostics;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class LifeOfARunTests : IAsyncLifetime
{
    private AgentRig rig = null!;
    private ResticTarget target = null!;
    private BackupSpec spec = null!;

    public async Task InitializeAsync()
    {
        rig = await AgentRig.HeldAsync(kilobytesPerSecond: 2000);
        target = await rig.CreateRepositoryAsync();
        rig.WriteNoise("data/noise", 5);
        spec = rig.Backup(target, rig.In("data"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private string RunFile(string name) => rig.In("state", "runs", spec.RunId.ToString("N"), name);

    private string Group => File.ReadAllText(RunFile("pid")).Split(' ')[0];

    /// <summary>It has no chance to come to its end.</summary>
    private void TakeLong()
    {
        rig.WriteNoise("data/noise", 60);
        spec = spec with { Resources = new() { PackSize = 4 } }; // a pack that was begun is sent before restic obeys
    }

    [Fact]
    public async Task A_cancelled_run_ends_quickly_and_leaves_no_lock()
    {
        TakeLong();
        var since = 0L;
        var run = await rig.RunAsync(spec, now =>
        {
            if (now.Progress.BytesDone > 0 && since == 0)
            {
                since = Stopwatch.GetTimestamp();
                rig.Agent.StopAsync(spec.RunId, default);
            }
        });

        (run.Outcome, run.SnapshotId).ShouldBe((RunOutcome.Cancelled, null));
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(25), "restic obeys, and is not killed");
        rig.Locks.ShouldBeEmpty();
        Directory.EnumerateFiles(rig.In("repo", "snapshots")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_stopped_at_once_is_cancelled_whatever_it_was_doing()
    {
        TakeLong();
        var events = rig.Agent.RunAsync(spec, 0, default);
        await rig.Agent.StopAsync(spec.RunId, default);
        var run = AgentRig.NewRun(spec);
        await foreach (var happened in events)
        {
            run.Apply(happened);
        }

        run.Outcome.ShouldBe(RunOutcome.Cancelled);
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Progress_never_runs_back_and_ends_with_a_rate()
    {
        List<RunProgress> seen = [];

        var run = await rig.RunAsync(spec, now =>
        {
            seen.Add(now.Progress);
            if (HasRate(now.Progress))
            {
                rig.LetGo();
            }
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        seen.Select(p => p.Fraction ?? 0).ShouldBeInOrder();
        seen.Any(HasRate).ShouldBeTrue();

        static bool HasRate(RunProgress now) => now.BytesPerSecond > 0 && now.BytesTotal == 5 << 20;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_goes_on_without_TimeLocker_and_is_joined_under_way(bool knowsItsLeader)
    {
        var run = await DetachUnderWayAsync();
        if (!knowsItsLeader)
        {
            File.Delete(RunFile("pid")); // as in the instant before the wrapper has said who it is
        }

        (await rig.Restart().KnowsAsync(spec.RunId, default)).ShouldBeTrue();
        run.HasEnded.ShouldBeFalse();
        rig.LetGo();

        await AgentRig.FollowAsync(rig.Agent, spec, run);

        (run.Outcome, run.Recovered).ShouldBe((RunOutcome.Succeeded, false));
        File.Exists(rig.In("repo", "snapshots", run.SnapshotId!)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("exit", true)]
    [InlineData("tag", true)]
    [InlineData("nothing", false)]
    public async Task What_ended_while_nobody_watched_is_decided_from_what_is_left(string left, bool succeeded)
    {
        if (left == "nothing")
        {
            TakeLong();
        }

        var run = await DetachUnderWayAsync();
        rig.LetGo();
        if (left == "nothing")
        {
            await AgentRig.ShellAsync($"kill -KILL -{Group}", "/");
            await AgentRig.UntilAsync(() => !Directory.Exists($"/proc/{Group}"));
        }
        else
        {
            await AgentRig.UntilAsync(() => File.Exists(RunFile("exit")));
        }

        if (left == "tag")
        {
            File.Delete(RunFile("exit"));
            await AgentRig.UntilAsync(() => !Directory.Exists($"/proc/{Group}"));
        }

        await AgentRig.FollowAsync(rig.Restart(), spec, run);

        run.Outcome.ShouldBe(succeeded ? RunOutcome.Succeeded : RunOutcome.Interrupted);
        (run.SnapshotId is not null).ShouldBe(succeeded);
        run.Recovered.ShouldBeTrue();
        rig.Locks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    public async Task A_killed_restic_is_an_interruption_and_leaves_no_lock(string group)
    {
        rig.StandIn($"exec {(await new ResticBinary().FindAsync()).Path} --limit-upload 2000 \"$@\"");
        TakeLong();
        var killed = false;
        var run = await rig.RunAsync(spec, now =>
        {
            if (now.Progress.BytesDone > 0 && !killed)
            {
                killed = true;
                var victim = group == "-" ? "-" + Group : $"$(cat /proc/{Group}/task/{Group}/children)";
                _ = AgentRig.ShellAsync($"kill -KILL {victim}", "/");
            }
        });

        (run.Outcome, run.Problem is not null).ShouldBe((RunOutcome.Interrupted, true));
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stop_is_remembered_over_a_restart()
    {
        TakeLong();
        var run = await DetachUnderWayAsync();

        await rig.Restart().StopAsync(spec.RunId, default);
        await AgentRig.FollowAsync(rig.Agent, spec, run);

        run.Outcome.ShouldBe(RunOutcome.Cancelled);
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_never_got_its_password_is_interrupted()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RunFile("pid"))!);

        var run = await rig.RunAsync(spec);

        (run.Outcome, run.Command).ShouldBe((RunOutcome.Interrupted, null));
    }

    [Theory]
    [InlineData(false, RunOutcome.Succeeded)]
    [InlineData(true, RunOutcome.Cancelled)]
    public async Task A_run_is_begun_at_the_next_start_if_TimeLocker_was_stopped_before_restic_began(bool cancelled,
        RunOutcome outcome)
    {
        var restic = (await new ResticBinary().FindAsync()).Path;
        rig.WriteProgram(
            "restic", $"""[ "$1" != version ] || touch {rig.In("asked")}; while [ -e {rig.Write("hold")} ]; do sleep 0.05; done; exec {restic} "$@" """);
        _ = AgentRig.FollowAsync(rig.Restart(), spec, AgentRig.NewRun(spec));
        await AgentRig.UntilAsync(() => File.Exists(rig.In("asked")));
        await rig.Agent.DisposeAsync();
        File.Delete(rig.In("hold"));

        await (cancelled ? rig.Restart().StopAsync(spec.RunId, default) : Task.CompletedTask);
        var run = await AgentRig.FollowAsync(rig.Restart(), spec, AgentRig.NewRun(spec));

        run.Outcome.ShouldBe(outcome, run.Problem?.ToString());
        rig.Locks.ShouldBeEmpty();
        Directory.EnumerateFiles(rig.In("repo", "snapshots")).Count().ShouldBe(cancelled ? 0 : 1);
    }

    [Fact]
    public async Task Several_listeners_follow_one_run_and_it_starts_once()
    {
        rig.Write("data/other");
        var late = Task.FromResult(AgentRig.NewRun(spec));
        var joined = false;
        var first = await rig.RunAsync(spec, now =>
        {
            if (now.Progress.BytesDone > 0 && !joined)
            {
                joined = true;
                late = rig.RunAsync(spec);
                rig.LetGo();
            }
        });

        var again = await rig.RunAsync(spec);
        foreach (var run in (Run[])[await late, again])
        {
            (run.Outcome, run.SnapshotId, run.Command,
                run.StartedAt).ShouldBe((first.Outcome, first.SnapshotId, first.Command, first.StartedAt));
        }

        Directory.EnumerateFiles(rig.In("repo", "snapshots")).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Two_runs_on_different_repositories_go_on_side_by_side()
    {
        rig.LetGo();
        await using var other = await AgentRig.SlowAsync(2000);
        var second = other.Backup(await other.CreateRepositoryAsync(), rig.In("data"));

        var runs = await Task.WhenAll(rig.RunAsync(spec), AgentRig.FollowAsync(rig.Agent, second, AgentRig.NewRun(second)));

        runs.ShouldAllBe(run => run.Outcome == RunOutcome.Succeeded);
    }

    private async Task<Run> DetachUnderWayAsync()
    {
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
        return run;
    }
}
