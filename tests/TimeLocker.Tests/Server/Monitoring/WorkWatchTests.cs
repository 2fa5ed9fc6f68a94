using Shouldly;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Overview;
using TimeLocker.Tests.Server.Background;
using Xunit;

namespace TimeLocker.Tests.Server.Monitoring;

/// <summary>Work in the background that hangs cannot say so: somebody else does.</summary>
public sealed class WorkWatchTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private MonitoringRig news = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        news = new MonitoringRig(rig);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_does_not_come_to_an_end_is_told_once_a_day_when_it_stood_so_for_a_while()
    {
        var work = new MadeUpWork { Waits = true };
        var (engine, book) = Engines.WithBook(news.Clock, work);
        engine.Begin();
        await DeskRig.UntilAsync(() => Task.FromResult(work.Runs.Count == 1));
        var watch = news.Works(book);
        await watch.LookAsync(default);

        news.Clock.Advance(TimeSpan.FromHours(7));
        await watch.LookAsync(default);
        (await news.ToldAsync()).ShouldBeEmpty("after a sleep all is late for a moment");
        for (var n = 0; n < 3; n++)
        {
            news.Clock.Advance(WorkWatch.Patience);
            await watch.LookAsync(default);
        }

        var told = (await news.ToldAsync()).ShouldHaveSingleItem();
        (told.Event, told.Level,
            told.Title.Full).ShouldBe((NoticeEvent.SchedulerStopped, NoticeLevel.Error,
                "“made-up” stands still in the background."));
        told.Text.Full.ShouldBe("Does nothing. That does not come to an end: restart TimeLocker, and look at its log.");

        work.Hangs.SetResult();
        await DeskRig.UntilAsync(() => Task.FromResult(book.StandingStill(news.Clock.GetUtcNow()).Count == 0));
        await engine.StopAsync();
        engine.Dispose();
    }
}
