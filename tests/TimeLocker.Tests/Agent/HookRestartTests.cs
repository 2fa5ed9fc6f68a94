using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// TimeLocker goes away in the middle of a run with hooks, and comes back: what was stopped is started again, once.
/// </summary>
public sealed class HookRestartTests : IAsyncLifetime
{
    private AgentRig rig = null!;
    private BackupSpec spec = null!;

    public async Task InitializeAsync()
    {
        rig = await AgentRig.HeldAsync(kilobytesPerSecond: 2000);
        var target = await rig.CreateRepositoryAsync();
        rig.WriteNoise("data/noise", 5);
        spec = rig.Backup(target, rig.In("data"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private string[] Trace => File.Exists(rig.In("trace")) ? File.ReadAllLines(rig.In("trace")) : [];

    private Hook Hook(HookMoment when, string name, string script = "")
    {
        rig.WriteHook(name, $"echo \"{name} $TIMELOCKER_OUTCOME\" >>{rig.In("trace")}\n{script}");
        return new Hook(when, name);
    }

    private async Task<Run> DetachWhenAsync(Func<Run, bool> reached)
    {
        var run = AgentRig.NewRun(spec);
        var following = AgentRig.FollowAsync(rig.Agent, spec, run);
        await AgentRig.UntilAsync(() => reached(run));
        await rig.Agent.DisposeAsync();
        await following;
        run.HasEnded.ShouldBeFalse();
        return run;
    }

    [Fact]
    public async Task In_the_middle_of_restic()
    {
        spec = spec with
        {
            Options = new()
            {
                Hooks = [Hook(HookMoment.Before, "stop-shop", "echo closed"),
            Hook(HookMoment.After, "start-shop")]
            }
        };
        var run = await DetachWhenAsync(now => now.Progress.BytesDone > 0);
        Trace.ShouldBe(["stop-shop "]);
        rig.LetGo();

        await AgentRig.FollowAsync(rig.Restart(), spec, run);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        Trace.ShouldBe(["stop-shop ", "start-shop succeeded"]);
        (await rig.LogAsync(spec.RunId)).ShouldContain("stop-shop: closed");
    }

    [Fact]
    public async Task In_the_middle_of_a_hook_after_the_run()
    {
        spec = spec with
        {
            Options = new()
            {
                Hooks = [Hook(HookMoment.After, "start-shop",
                $"while ! test -e {rig.In("go")}; do sleep 0.05; done; echo open"), Hook(HookMoment.After, "sweep"),
                Hook(HookMoment.OnSuccess, "tell")]
            }
        };
        rig.LetGo();
        var run = await DetachWhenAsync(_ => Trace.Length > 0);
        rig.Write("go");

        await AgentRig.FollowAsync(rig.Restart(), spec, run);

        (run.Outcome, run.SnapshotId is not null).ShouldBe((RunOutcome.Succeeded, true), run.Problem?.ToString());
        Trace.ShouldBe(["start-shop succeeded", "sweep succeeded", "tell succeeded"]);
        (await rig.LogAsync(spec.RunId)).ShouldContain("start-shop: open");
    }

    [Fact]
    public async Task In_the_middle_of_a_hook_before_the_run()
    {
        spec = spec with
        {
            Options = new()
            {
                Hooks = [Hook(HookMoment.Before, "stop-shop", $"echo $$ >{rig.In("pid")}; exec sleep 1000"),
                Hook(HookMoment.After, "start-shop"), Hook(HookMoment.OnFailure, "alarm")]
            }
        };
        var run = await DetachWhenAsync(now => now.Progress.Phase is not null && File.Exists(rig.In("pid"))
            && File.ReadAllText(rig.In("pid")).EndsWith('\n'));

        await AgentRig.FollowAsync(rig.Restart(), spec, run);

        (run.Outcome, run.Command).ShouldBe((RunOutcome.Interrupted, null));
        Trace.ShouldBe(["stop-shop ", "start-shop interrupted", "alarm interrupted"]);
        Directory.Exists($"/proc/{File.ReadAllText(rig.In("pid")).Trim()}").ShouldBeFalse();
    }

    [Fact]
    public async Task And_was_told_to_cancel_in_between()
    {
        spec = spec with
        {
            Options = new()
            {
                Hooks = [Hook(HookMoment.Before, "stop-shop"),
            Hook(HookMoment.After, "start-shop")]
            }
        };
        rig.WriteNoise("data/noise", 60); // it has no chance to come to its end
        var run = await DetachWhenAsync(now => now.Progress.BytesDone > 0);
        await rig.Restart().StopAsync(spec.RunId, default);

        await AgentRig.FollowAsync(rig.Agent, spec, run);

        run.Outcome.ShouldBe(RunOutcome.Cancelled);
        Trace.ShouldBe(["stop-shop ", "start-shop cancelled"]);
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task And_a_hook_that_was_cut_off_runs_again()
    {
        spec = spec with
        {
            Options = new()
            {
                Hooks = [Hook(HookMoment.After, "start-shop",
                $"test -e {rig.In("go")} && exit 0; exec sleep 1000")]
            }
        };
        rig.LetGo();
        var run = await DetachWhenAsync(_ => Trace.Length > 0);
        var leader =
            (await File.ReadAllTextAsync(rig.In("state", "runs", spec.RunId.ToString("N"), "hook-0",
                "pid"))).Split(' ')[0];
        await AgentRig.ShellAsync($"kill -KILL -{leader}", "/");
        await AgentRig.UntilAsync(() => !Directory.Exists($"/proc/{leader}"));
        rig.Write("go");

        await AgentRig.FollowAsync(rig.Restart(), spec, run);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        Trace.ShouldBe(["start-shop succeeded", "start-shop succeeded"]);
    }
}
