using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Monitoring;

/// <summary>Too old is said from the database and the time alone, whatever else has stopped.</summary>
public sealed class OverdueTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private MonitoringRig news = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        news = new MonitoringRig(rig);
        place = await rig.RepositoryAsync();
        plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Documents",
                RepositoryId = place.Id,
                Sources = ["/somewhere"],
                TargetHours = 24,
            }, DeskRig.Admin);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_plan_becomes_overdue_at_its_hour_is_told_once_a_day_and_no_more_after_a_success()
    {
        (await news.Overdue.LookAsync(default)).ShouldBe(plan.CreatedAt.AddHours(24).AddSeconds(1));
        (await LevelAsync(), (await news.ToldAsync()).Count).ShouldBe((Level.Waiting, 0));

        news.Clock.Advance(TimeSpan.FromHours(25));
        (await LevelAsync()).ShouldBe(Level.Overdue, "before anybody has looked");
        (await news.Overdue.LookAsync(default)).ShouldBe(plan.CreatedAt.AddHours(48));
        await news.Overdue.LookAsync(default);
        var told = (await news.ToldAsync()).ShouldHaveSingleItem();
        (told.Event, told.Level, told.PlanId, told.InARow).ShouldBe((NoticeEvent.Overdue, NoticeLevel.Error, plan.Id, 1));
        told.Text.Full.ShouldBe(
            "It has never had a good backup; it should never be older than a day. See why it did not run, or back it up now.");
        (await PlanAsync()).OverdueSince.ShouldBe(plan.CreatedAt.AddHours(24));

        news.Clock.Advance(TimeSpan.FromHours(24));
        await news.Overdue.LookAsync(default);
        (await news.ToldAsync())[^1].InARow.ShouldBe(2);

        await news.ChangeAsync(db => db.Plans.Single().LastSuccessAt = news.Clock.GetUtcNow());
        await news.Overdue.LookAsync(default);
        ((await news.ToldAsync()).Count, (await PlanAsync()).OverdueSince).ShouldBe((2, null));
    }

    [Fact]
    public async Task A_scheduler_that_does_not_look_is_noticed_by_somebody_else()
    {
        var due = news.Clock.GetUtcNow();
        news.Schedule = new(due, due.AddMinutes(-60));
        (await news.Overdue.LookAsync(default)).ShouldBe(due + IScheduleHealth.Patience);
        news.Clock.Advance(TimeSpan.FromMinutes(6));

        (await news.Board.GetAsync()).Exceptions[0].What.Full.ShouldBe("The scheduler has stopped.");
        await news.Overdue.LookAsync(default);
        await news.Overdue.LookAsync(default);
        (await news.ToldAsync()).ShouldHaveSingleItem().Event.ShouldBe(NoticeEvent.SchedulerStopped);

        news.Schedule = new(due.AddHours(1), news.Clock.GetUtcNow());
        (await news.Board.GetAsync()).Exceptions.ShouldNotContain(e => e.What.Full.Contains("scheduler"));
    }

    [Fact]
    public async Task A_clock_in_doubt_is_told_and_shown()
    {
        news.Doubt = new(Text.Verbatim("The clock of the server is in doubt."),
            Text.Verbatim("It jumped forward by 3 days."), Text.Verbatim("Say that it is right."));
        await news.Overdue.LookAsync(default);

        (await news.ToldAsync()).ShouldHaveSingleItem().Title.Full.ShouldBe("The clock of the server is in doubt.");
        (await news.Board.GetAsync()).Exceptions[0].Why.Full.ShouldContain("3 days");
    }

    [Fact]
    public async Task What_is_known_of_a_repository_is_told_once()
    {
        await news.ChangeAsync(db => (db.Repositories.Single().Trouble, db.Repositories.Single().StoredBytes,
            db.Repositories.Single().FreeBytes) = (new(Text.Verbatim("It cannot be reached."),
                PluginText.Of($"stat {"/mnt/disk".AsName()}: no such file"), Text.Verbatim("Plug it in.")), 100L << 30,
                1L << 30));
        await news.Places.LookAsync(default);
        await news.Places.LookAsync(default);

        var told = await news.ToldAsync();
        told.Select(n => n.Event).ShouldBe([NoticeEvent.Unreachable, NoticeEvent.LowSpace], ignoreOrder: true);
        told.Single(n => n.Event == NoticeEvent.Unreachable).Text.Full.ShouldNotContain("/mnt/disk");

        await news.ChangeAsync(db => (db.Repositories.Single().Trouble,
            db.Repositories.Single().RefreshedAt) = (new Problem(Text.Verbatim("Again."), Text.Verbatim("Away."),
                Text.Verbatim("Look.")), news.Clock.GetUtcNow().AddMinutes(1)));
        await news.Places.LookAsync(default);
        (await news.ToldAsync()).Count(n => n.Event == NoticeEvent.Unreachable).ShouldBe(2, "it was back in between");
    }

    [Fact]
    public async Task A_repository_that_nobody_checks_is_said_with_its_button_told_once_a_month_and_never_called_safe()
    {
        var added = place.CreatedAt;
        await news.ChangeAsync(db =>
        {
            var (p, r) = (db.Plans.Single(), db.Repositories.Single());
            (p.LastOutcome, p.LastSuccessAt, p.LastRunId, p.TargetHours) = (RunOutcome.Succeeded, added.AddDays(20),
                Guid.NewGuid(), null);
            (r.RecoveryConfirmedAt, r.SnapshotCount, r.MaintenanceSchedules) = (added, 1, []);
        });
        news.Clock.Advance(TimeSpan.FromMinutes(1));
        var item = (await news.Board.GetAsync()).Exceptions.Single(e => e.Button == "Check");
        (item.Level, item.What.Full, item.Button.Full,
            item.Link).ShouldBe((Level.Warning, "“place” has never been checked.", "Check",
                $"/repositories/{place.Id}/maintenance"));
        (await LevelAsync()).ShouldBe(Level.Safe);
        await news.Places.LookAsync(default);
        (await news.ToldAsync()).ShouldBeEmpty("due is no alarm");

        news.Clock.Advance(TimeSpan.FromDays(15));
        ((await news.Board.GetAsync()).Level, await LevelAsync()).ShouldBe((Level.Overdue, Level.Saved));
        await news.Places.LookAsync(default);
        await news.Places.LookAsync(default);
        (await news.ToldAsync()).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(n => n.Event.ShouldBe(NoticeEvent.CheckOverdue),
            n => n.Title.Full.ShouldBe("The check of “place” is overdue."));
        news.Clock.Advance(TimeSpan.FromDays(30));
        await news.Places.LookAsync(default);
        (await news.ToldAsync()).Count.ShouldBe(2);

        await news.ChangeAsync(db => (db.Repositories.Single().Maintenance,
            db.Plans.Single().LastSuccessAt) = (MaintenanceRecord.Unknown with
            {
                Check = new(news.Clock.GetUtcNow(), Guid.NewGuid(),
                RunOutcome.Succeeded)
            }, news.Clock.GetUtcNow()));
        (await news.Board.GetAsync()).Sentence.Full.ShouldBe("Your backup plan is safe.");
    }

    [Fact]
    public async Task That_nobody_is_told_is_said_until_somebody_is_or_an_admin_looks_by_themselves()
    {
        var listeners = rig.Get<NoticeReaders>();
        var item = (await news.Board.GetAsync()).Exceptions.Single(e => e.Dismiss is not null);
        (item.What.Full, item.Button.Full, item.Link,
            item.Dismiss?.Full).ShouldBe(("Nobody is notified when something goes wrong.", "Tell somebody",
                "/settings/notifications", "I look here myself"));

        await Should.ThrowAsync<ProblemException>(() => listeners.ChangeAsync(new(Self: true), DeskRig.Actor(Role.Operator)));
        await listeners.ChangeAsync(new(Self: true), DeskRig.Admin);
        (await listeners.AreMissingAsync()).ShouldBeFalse();
        await listeners.ChangeAsync(new(Self: false), DeskRig.Admin);
        var channel = new Channel
        {
            Id = Guid.NewGuid(),
            Name = "Phone",
            Kind = "ntfy",
            Values = [],
            CreatedAt = news.Clock.GetUtcNow(),
        };
        await news.ChangeAsync(db => db.Channels.Add(channel));
        (await listeners.AreMissingAsync()).ShouldBeTrue("a channel that no rule uses tells nothing");
        await news.ChangeAsync(db => db.NoticeRules.Add(new()
        {
            Id = Guid.NewGuid(),
            Name = "Wrong",
            ChannelId = channel.Id,
            Events = [NoticeEvent.Failed],
        }));
        (await listeners.AreMissingAsync()).ShouldBeFalse();
    }

    private async Task<Level> LevelAsync() => (await news.Board.GetAsync()).Plans.Single(p => p.Plan.Id == plan.Id).Level;

    private Task<BackupPlan> PlanAsync() => rig.Get<PlanCatalog>().GetAsync(plan.Id);
}
