using Shouldly;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Core.Processes;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>When a stop is passed on to restic.</summary>
public sealed class ResticMonitorTests : IAsyncLifetime
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private readonly AgentRig rig = new();
    private readonly FakeClock clock = new(timers: true);
    private readonly CancellationTokenSource stop = new();
    private RunFolder folder = null!;
    private DetachedChild child = null!;

    public async Task InitializeAsync()
    {
        folder = new RunFolder(rig.In("run"));
        folder.Create();
        folder.Reserve();
        child = await ChildProcess.StartDetachedAsync(new ChildCommand("sleep",
            ["60"])
        {
            Environment = new Dictionary<string,
                string>
            { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }
        }, folder.Path, default);
        await AgentRig.UntilAsync(() => folder.Leader is not null);
        File.Move(Pid, rig.In("pid"));
    }

    public async Task DisposeAsync()
    {
        child.Identity?.SignalGroup(ProcessIdentity.Kill);
        stop.Dispose();
        await rig.DisposeAsync();
    }

    private string Pid => Path.Combine(folder.Path, "pid");

    [Fact]
    public async Task A_stop_waits_for_the_wrapper_that_will_write_down_the_exit_code()
    {
        var end = WatchAsync();
        await Task.Delay(Moment);
        end.IsCompleted.ShouldBeFalse();

        File.Move(rig.In("pid"), Pid);

        await end;
        folder.ExitCode.ShouldBe(128 + ProcessIdentity.Terminate);
    }

    [Fact]
    public async Task A_wrapper_that_a_full_disk_keeps_from_speaking_is_stopped_a_little_later()
    {
        var end = WatchAsync();
        await Task.Delay(Moment);
        end.IsCompleted.ShouldBeFalse();

        clock.Advance(TimeSpan.FromSeconds(6));

        await end;
    }

    private async Task WatchAsync()
    {
        var spec = rig.Backup(rig.Target, rig.In("data"));
        using var watch = new ResticMonitor(spec, folder, new RunFacts { Command = "sleep" }, goesWithoutLock: false,
            new RunBroadcast(), _ => { }, TimeSpan.FromMinutes(10), clock);
        await stop.CancelAsync();
        await watch.UntilEndAsync(child.Identity, child.Exited, stop.Token, default);
    }
}
