using Microsoft.Data.Sqlite;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Server.Background;

/// <summary>
/// What the server does by itself: at its moment, when it is woken, again after a fault, and never after the stop.
/// </summary>
public sealed class BackgroundTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeClock clock = new(Noon, timers: true);
    private readonly MadeUpWork work;
    private BackgroundEngine engine = null!;
    private WorkRegistry book = null!;

    public BackgroundTests() => work = new() { Clock = clock };

    private WorkState State => book.States.Single();

    public Task InitializeAsync()
    {
        (engine, book) = Engines.WithBook(clock, work);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        work.Hangs.TrySetResult();
        await engine.StopAsync();
        engine.Dispose();
    }

    [Fact]
    public async Task It_runs_at_once_sleeps_until_its_moment_and_is_woken_early()
    {
        work.Then = _ => Noon.AddHours(3);
        engine.Begin();
        await SleepsAsync(1, Noon.AddHours(3));
        State.ShouldSatisfyAllConditions(s => s.LastRun.ShouldBe(Noon), s => s.Next.ShouldBe(Noon.AddHours(3)),
            s => s.Fault.ShouldBeNull());

        work.Wake();
        await SleepsAsync(2, Noon.AddHours(3));
        work.Then = _ => null;
        await PassAsync(TimeSpan.FromHours(2.5));
        work.Runs.ShouldBe([false, true]);
        await PassAsync(TimeSpan.FromHours(0.5));
        await RanAsync(3);
        await PassAsync(TimeSpan.FromDays(3));

        work.Runs.ShouldBe([false, true, false], "without a moment it waits for whoever wakes it");
    }

    [Fact]
    public async Task What_is_to_begin_later_is_not_done_at_the_start()
    {
        work.FirstAt = Noon.AddMinutes(2);
        engine.Begin();
        await DeskRig.UntilAsync(() => Task.FromResult(book.All.Count == 1 && clock.Rings(Noon.AddMinutes(1))));
        (work.Runs.Count, State.Next).ShouldBe((0, Noon.AddMinutes(2)));

        await PassAsync(TimeSpan.FromMinutes(2));
        await RanAsync(1);
    }

    [Fact]
    public async Task A_sleep_of_the_computer_is_noticed_within_a_minute_and_a_clock_that_is_put_back_within_an_hour()
    {
        work.Then = now => now.AddHours(5);
        engine.Begin();
        await SleepsAsync(1, Noon.AddHours(5));

        clock.Jump(TimeSpan.FromHours(8));
        await PassAsync(TimeSpan.FromMinutes(1));
        await RanAsync(2);
        await SleepsAsync(2, clock.GetUtcNow().AddHours(5));

        clock.Jump(TimeSpan.FromDays(-30));
        await PassAsync(TimeSpan.FromHours(1));
        await RanAsync(3);
        work.Runs[2].ShouldBeTrue("all it knew of the time is not so any more");
    }

    [Fact]
    public async Task A_fault_is_remembered_and_tried_again_less_and_less_often_until_it_is_gone()
    {
        work.Then = _ => throw new IOException("disk /dev/sda is gone");
        engine.Begin();
        for (var (wait, times) = (5, 1); times < 12; wait = Math.Min(wait * 2, 600), times++)
        {
            await SleepsAsync(times, clock.GetUtcNow().AddSeconds(wait));
            State.ShouldSatisfyAllConditions(s => s.FailedInARow.ShouldBe(times),
                s => s.Fault!.For(DeskRig.Admin).Why.Full.ShouldBe("IOException: disk /dev/sda is gone"),
                s => s.Fault!.For(DeskRig.Actor(Role.Viewer)).Why.Full.ShouldNotContain("sda"));
            await PassAsync(TimeSpan.FromSeconds(wait));
        }

        await SleepsAsync(12, clock.GetUtcNow().AddMinutes(10));
        work.Then = _ => null;
        await PassAsync(TimeSpan.FromMinutes(10));
        await RanAsync(13);
        await DeskRig.UntilAsync(() => Task.FromResult(!State.Running));
        (State.FailedInARow, State.FaultAt is not null, State.Next).ShouldBe((0, true, null));
        work.Runs.Skip(1).ShouldAllBe(asked => asked, "what woke it before the fault is not forgotten");
    }

    [Fact]
    public async Task What_a_full_disk_kept_from_being_done_is_done_a_minute_after_there_is_room_and_the_log_says_both_once()
    {
        var log = new SaidLog();
        (engine, book) = Engines.WithBook(clock, log, work);
        work.Then = _ => throw new ProblemException(ProblemKind.Unavailable,
            new(Text.Verbatim("Nothing was changed."), Text.Verbatim("The disk is full."), Text.Verbatim("Make room.")),
            new SqliteException("full", 13));
        engine.Begin();
        for (var (wait, times) = (5, 1); times < 9; wait = Math.Min(wait * 2, 60), times++)
        {
            await SleepsAsync(times, clock.GetUtcNow().AddSeconds(wait));
            await PassAsync(TimeSpan.FromSeconds(wait));
        }

        await RanAsync(9);
        await SleepsAsync(9, clock.GetUtcNow().AddMinutes(1));
        work.Then = _ => null;
        await PassAsync(TimeSpan.FromMinutes(1));
        await RanAsync(10);
        await DeskRig.UntilAsync(() => Task.FromResult(State is { FailedInARow: 0, Running: false }));

        log.Lines.ShouldBe(["“made-up” could not be done and is tried again: Nothing was changed. The disk is full.",
            "“made-up” is in order again after 9 tries"]);
    }

    [Fact]
    public async Task A_stop_waits_for_the_end_of_what_goes_on_and_no_work_can_hold_it_up()
    {
        work.Then = _ => null;
        engine.Begin();
        await RanAsync(1);
        await engine.StopAsync();
        (work.Ended, work.Runs.Count).ShouldBe((1, 1));
        work.Wake();

        var stubborn = new MadeUpWork { Waits = true };
        var (other, _) = Engines.WithBook(clock, stubborn);
        var host = new BackgroundHost(other, new BackgroundWatchdog([], book, clock));
        await host.StartAsync(default);
        host.Begin();
        await DeskRig.UntilAsync(() => Task.FromResult(stubborn.Runs.Count == 1));
        using var limit = new CancellationTokenSource();
        var stopping = host.StopAsync(limit.Token);
        stopping.IsCompleted.ShouldBeFalse();
        await limit.CancelAsync();
        await stopping;
        stubborn.Hangs.SetResult();
        await other.StopAsync();
        work.Runs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_hangs_is_seen_from_outside_while_the_watcher_goes_on()
    {
        work.Waits = true;
        engine.Begin();
        await RanAsync(1);
        var watch = new MadeUpWatch { Name = "watch", Clock = clock, Then = now => now.AddMinutes(10) };
        using var watcher = new BackgroundWatchdog([watch], book, clock);
        watcher.Begin();
        await DeskRig.UntilAsync(() => Task.FromResult(watch.Runs.Count == 1 && clock.Rings(clock.GetUtcNow().AddMinutes(10))));

        book.StandingStill(clock.GetUtcNow()).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromHours(7));
        await DeskRig.UntilAsync(() => Task.FromResult(watch.Runs.Count > 1));
        book.StandingStill(clock.GetUtcNow()).Select(w => w.Name).ShouldContain("made-up");
        await watcher.StopAsync();
    }

    private Task RanAsync(int times) => DeskRig.UntilAsync(() => Task.FromResult(work.Runs.Count == times));

    // It sleeps, by the alarm that looks each minute.
    private Task SleepsAsync(int times, DateTimeOffset until) => DeskRig.UntilAsync(() =>
        Task.FromResult(work.Runs.Count == times && State is { Running: false } && clock.Rings(clock.GetUtcNow().AddHours(1))
            && clock.Rings(until < clock.GetUtcNow().AddMinutes(1) ? until : clock.GetUtcNow().AddMinutes(1))));

    // Whoever sleeps is given the time to go on sleeping.
    private async Task PassAsync(TimeSpan time)
    {
        for (var end = clock.GetUtcNow() + time; clock.GetUtcNow() < end;)
        {
            clock.Advance(end - clock.GetUtcNow() is var left && left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
    }
}
