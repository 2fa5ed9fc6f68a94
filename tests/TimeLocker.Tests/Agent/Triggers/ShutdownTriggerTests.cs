using System.Diagnostics;
using Shouldly;
using TimeLocker.Agent.Triggers;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;
using Xunit;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>systemd-inhibit and gdbus are real, logind is a stand-in on a bus of its own.</summary>
public sealed class ShutdownTriggerTests
{
    [Fact]
    public async Task The_machine_waits_until_what_was_started_is_over_and_the_lock_comes_back_after_a_sleep()
    {
        await using var logind = await Logind.StartAsync();
        var trigger = new ShutdownTrigger(TimeProvider.System) { Bus = logind.Bus };
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using (var watch =
            trigger.WatchAsync(new FieldValues(new Dictionary<string, string> { ["before"] = "both" }), ending.Token)
                .GetAsyncEnumerator(ending.Token))
        {
            var next = watch.MoveNextAsync().AsTask();
            await AgentRig.UntilAsync(() => logind.Locks is ["shutdown:sleep TimeLocker delay"]);

            await HeardAsync(logind);
            await logind.SayAsync("sleep", true);
            (await next).ShouldBeTrue();
            (watch.Current.Holds, watch.Current.Later,
                watch.Current.Why.Full).ShouldBe((true, false, "The machine is going to sleep."));
            await AgentRig.UntilAsync(() => logind.Locks.Count == 1);

            next = watch.MoveNextAsync().AsTask();
            await AgentRig.UntilAsync(() => logind.Locks.Count == 0);
            await logind.SayAsync("sleep", false);
            await AgentRig.UntilAsync(() => logind.Locks.Count == 1);

            await logind.SayAsync("shutdown", true);
            (await next).ShouldBeTrue();
            watch.Current.Why.Full.ShouldBe("The machine is shutting down.");
        }

        await AgentRig.UntilAsync(() => logind.Locks.Count == 0);
    }

    [Fact]
    public async Task Without_logind_it_says_so()
    {
        var trigger = new ShutdownTrigger(TimeProvider.System) { Bus = "unix:path=/nonexistent/bus" };

        var problem =
            await Should.ThrowAsync<ProblemException>(async () => await trigger.WatchAsync(FieldValues.Empty, default)
                .GetAsyncEnumerator().MoveNextAsync());

        (problem.Kind,
            problem.Problem.What.Full).ShouldBe((ProblemKind.Unavailable,
                "The machine does not say when it goes down."));
    }

    [Theory]
    [InlineData("/org/freedesktop/login1: org.freedesktop.login1.Manager.PrepareForShutdown (true,)", "shutdown", true)]
    [InlineData("/org/freedesktop/login1: org.freedesktop.login1.Manager.PrepareForSleep (false,)", "suspend", false)]
    public void A_signal_is_read(string line, string what, bool begins) => ShutdownTrigger.Read(line).ShouldBe((what, begins));

    [Theory]
    [InlineData("The name org.freedesktop.login1 is owned by :1.0")]
    [InlineData("/org/freedesktop/login1: org.freedesktop.login1.Manager.SessionNew ('c1 PrepareForShutdown', objectpath '/x')")]
    public void Other_lines_are_not(string line) => ShutdownTrigger.Read(line).ShouldBeNull();

    // It may not listen yet: the lock and the ear come one after the other. To wake up changes nothing, and renews the lock.
    private static async Task HeardAsync(Logind logind)
    {
        for (var said = Stopwatch.GetTimestamp() - Stopwatch.Frequency; logind.Given < 2; await Task.Delay(50))
        {
            if (Stopwatch.GetElapsedTime(said) >= TimeSpan.FromSeconds(1))
            {
                await logind.SayAsync("sleep", false);
                said = Stopwatch.GetTimestamp();
            }
        }
    }
}
