using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Notices;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>Never lost, and never twice where it was taken.</summary>
public sealed class NoticeDeliveryTests : IAsyncLifetime
{
    private static readonly ProblemException Later = new(ProblemKind.Unavailable, Text.Verbatim("Not now."),
        Text.Verbatim("It sleeps."), Text.Verbatim("Wait.")),
        Never = new(ProblemKind.Upstream, Text.Verbatim("No."), Text.Verbatim("It does not want to."),
            Text.Verbatim("Ask why."));

    private NoticeDeliveryRig rig = null!;

    public async Task InitializeAsync() => rig = await NoticeDeliveryRig.NewAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_notice_goes_once_to_each_channel_whose_rules_ask_for_it()
    {
        var (phone, mail) = (await rig.ChannelAsync("phone", NoticeEvent.Failed),
            await rig.ChannelAsync("mail", NoticeEvent.Missed, NoticeEvent.Failed));
        await rig.ChannelAsync("silent");
        await new RuleCatalog(rig.Databases, rig.Audit,
            rig.Clock).CreateAsync(new() { ChannelId = phone.Id, Events = [NoticeEvent.Failed, NoticeEvent.Warned] },
            DeskRig.Admin);
        await rig.StartAsync();
        await rig.TellAsync("one");
        await rig.TellAsync("one");
        await rig.TellAsync("two", NoticeEvent.Missed, NoticeLevel.Warning);
        await rig.UntilAsync(i => i.SentAt is not null);
        rig.Kind.Tries.Select(t => $"{t.Channel} {t.What.Key}").Order().ShouldBe(["mail one", "mail two", "phone one"]);
        (await rig.ReadAsync(mail)).LastSentAt.ShouldBe(rig.Clock.GetUtcNow());
        (await rig.ReadAsync(phone)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task A_link_leads_to_the_public_address_once_there_is_one()
    {
        await rig.ChannelAsync("phone", NoticeEvent.Failed);
        await rig.StartAsync();
        await rig.TellAsync("one");
        await rig.UntilAsync(i => i.SentAt is not null);
        await rig.Address.SetAsync("https://backup.example", DeskRig.Admin);
        await rig.TellAsync("two");
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Kind.Taken.Count == 2));

        rig.Kind.Tries.Select(t => t.What.Url).ShouldBe(["http://localhost:8484/", "https://backup.example/"]);
    }

    [Fact]
    public async Task What_is_not_taken_now_is_tried_again_less_and_less_often()
    {
        var phone = await rig.ChannelAsync("phone", NoticeEvent.Failed);
        rig.Kind.Answer = (_, _) => throw Later;
        await rig.StartAsync();
        await rig.TellAsync("one");
        for (var (tries, minutes) = (1, 1); tries <= 4; tries++, minutes *= 2)
        {
            await rig.UntilAsync(i => i.Tries == tries && i.Trouble is not null);
            (await rig.ItemsAsync()).Single().NotBefore.ShouldBe(rig.Clock.GetUtcNow().AddMinutes(minutes));
            await rig.PassAsync(TimeSpan.FromMinutes(minutes));
        }

        await rig.UntilAsync(i => i.Tries == 5 && i.Trouble is not null); // it must not meet the new answer
        (await rig.ReadAsync(phone)).Trouble!.Why.Full.ShouldBe("It sleeps.");
        rig.Kind.Answer = (_, _) => Task.CompletedTask;
        await rig.PassAsync(TimeSpan.FromHours(1));
        await rig.UntilAsync(i => i.SentAt is not null);
        (await rig.ReadAsync(phone)).Trouble.ShouldBeNull();
        rig.Kind.Taken.ShouldHaveSingleItem().Key.ShouldBe("one");
    }

    [Fact]
    public async Task After_three_days_it_is_given_up_and_said_elsewhere()
    {
        var phone = await rig.ChannelAsync("phone", NoticeEvent.Failed, NoticeEvent.NotDelivered);
        await rig.ChannelAsync("mail", NoticeEvent.NotDelivered);
        rig.Kind.Answer = (to, _) => to == "phone" ? throw Later : Task.CompletedTask;
        await rig.StartAsync();
        await rig.TellAsync("one");
        await rig.UntilAsync(i => i.Trouble is not null);
        await rig.PassAsync(ChannelCatalog.Patience);
        await DeskRig.UntilAsync(() => Task.FromResult(!rig.Kind.Taken.IsEmpty));
        var told = rig.Kind.Tries.Last(t => t.Channel == "mail").What;
        (told.Event, told.Level,
            told.Title).ShouldBe((NoticeEvent.NotDelivered, NoticeLevel.Error, "“phone” does not get your messages."));
        rig.Kind.Tries.Where(t => t.Channel == "phone").ShouldAllBe(t => t.What.Key == "one");
        (await rig.ItemsAsync()).Single(i => i.ChannelId == phone.Id).GivenUpAt.ShouldBe(rig.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_refusal_for_good_stops_that_message_until_somebody_has_looked_at_the_channel()
    {
        var phone = await rig.ChannelAsync("phone", NoticeEvent.Failed);
        rig.Kind.Answer = (_, what) => what.Key == "one" ? throw Never : Task.CompletedTask;
        await rig.StartAsync();
        await rig.TellAsync("one");
        await rig.UntilAsync(i => i.GivenUpAt is not null);
        (await rig.ReadAsync(phone)).Trouble!.Why.Full.ShouldBe("It does not want to.");
        await using (var db = await rig.Databases.CreateDbContextAsync())
        {
            (await db.Notices.Select(n => n.Event).ToListAsync()).ShouldContain(NoticeEvent.NotDelivered);
        }

        await rig.TellAsync("two");
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Kind.Taken.Any(t => t.Key == "two")));
        await rig.PassAsync(TimeSpan.FromHours(7));
        rig.Kind.Tries.Count(t => t.What.Key == "one").ShouldBe(1);

        rig.Kind.Answer = (_, _) => Task.CompletedTask;
        await rig.Channels.UpdateAsync(phone.Id, new() { Name = "her phone" }, DeskRig.Admin);
        await rig.UntilAsync(i => i.SentAt is not null);
        rig.Kind.Taken.Count(t => t.Key == "one").ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_channel_holds_up_no_other()
    {
        await rig.ChannelAsync("slow", NoticeEvent.Failed);
        await rig.ChannelAsync("quick", NoticeEvent.Failed);
        var answer = new TaskCompletionSource();
        rig.Kind.Answer = (to, _) => to == "slow" ? answer.Task : Task.CompletedTask;
        await rig.StartAsync();
        await rig.TellAsync("one");
        await rig.TellAsync("two");
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Kind.Taken.Count == 2));
        rig.Kind.Taken.ShouldAllBe(t => t.Channel == "quick");
        answer.SetResult();
        await rig.UntilAsync(i => i.SentAt is not null);
    }

    [Fact]
    public async Task One_message_that_is_never_taken_holds_up_no_other()
    {
        await rig.ChannelAsync("phone", NoticeEvent.Failed);
        rig.Kind.Answer = (_, what) => what.Key == "bad" ? throw Later : Task.CompletedTask;
        await rig.StartAsync();
        await rig.TellAsync("bad");
        await rig.UntilAsync(i => i.Trouble is not null);
        await rig.TellAsync("good");
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Kind.Taken.Any(t => t.Key == "good")));
    }

    [Fact]
    public async Task Quiet_hours_keep_back_all_but_errors_until_they_end()
    {
        var phone = await rig.ChannelAsync("phone", NoticeEvent.Failed, NoticeEvent.Warned);
        var local = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(rig.Clock.GetUtcNow(), rig.Clock.LocalTimeZone).DateTime);
        await rig.Channels.UpdateAsync(phone.Id,
            new() { QuietHours = [new(Enum.GetValues<DayOfWeek>(), local.AddHours(-1), local.AddHours(1))] },
            DeskRig.Admin);
        await rig.StartAsync();
        await rig.TellAsync("warning", NoticeEvent.Warned, NoticeLevel.Warning);
        await rig.TellAsync("error");
        await DeskRig.UntilAsync(() => Task.FromResult(!rig.Kind.Taken.IsEmpty));
        rig.Kind.Tries.ShouldHaveSingleItem().What.Key.ShouldBe("error");
        await DeskRig.UntilAsync(async () => (await rig.ItemsAsync()).Any(i => i.NotBefore == rig.Clock.GetUtcNow().AddHours(1)));
        await rig.PassAsync(TimeSpan.FromHours(1));
        await rig.UntilAsync(i => i.SentAt is not null);
        rig.Kind.Tries.Select(t => t.What.Key).ShouldBe(["error", "warning"]);
    }

    [Fact]
    public async Task A_server_that_ended_before_during_or_after_a_try_goes_on_where_it_was()
    {
        var phone = await rig.ChannelAsync("phone", NoticeEvent.Failed);
        await rig.TellAsync("before");
        await rig.TellAsync("during");
        await rig.TellAsync("after");
        for (var n = 0; n < 3; n++)
        {
            var next = (await rig.Outbox.NextAsync(phone.Id, default))!;
            if (next.Notice.Key == "before")
            {
                await rig.Outbox.PostponeAsync(next, rig.Clock.GetUtcNow().AddSeconds(1), default); // out of the way of the others
                continue;
            }

            await rig.Outbox.BeginAsync(next, default);
            if (next.Notice.Key == "after")
            {
                await rig.Outbox.SentAsync(next);
            }
        }

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.StartAsync();
        await rig.UntilAsync(i => i.SentAt is not null);
        rig.Kind.Taken.Select(t => t.Key).Order().ShouldBe(["before", "during"]);
    }

    [Fact]
    public async Task What_was_taken_and_could_not_be_written_down_is_not_sent_again()
    {
        await rig.ChannelAsync("phone", NoticeEvent.Failed);
        await rig.SqlAsync(
            "CREATE TRIGGER full BEFORE UPDATE OF \"SentAt\" ON \"Outbox\" WHEN NEW.\"SentAt\" IS NOT NULL BEGIN "
            + "SELECT RAISE(ABORT, 'database or disk is full'); END");
        await rig.StartAsync();
        await rig.TellAsync("one");
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Kind.Taken.Count == 1));
        await rig.PassAsync(TimeSpan.FromMinutes(2));
        await rig.SqlAsync("DROP TRIGGER full");
        await DeskRig.UntilAsync(async () =>
        {
            // when it last met the trigger is not known: it waits for a minute from then on
            await rig.PassAsync(TimeSpan.FromMinutes(2));
            return (await rig.ItemsAsync()).All(i => i.SentAt is not null);
        });
        rig.Kind.Taken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_lets_the_try_that_is_under_way_end()
    {
        await rig.ChannelAsync("phone", NoticeEvent.Failed);
        var answer = new TaskCompletionSource();
        rig.Kind.Answer = (_, _) => answer.Task;
        await rig.StartAsync();
        await rig.TellAsync("one");
        await DeskRig.UntilAsync(() => Task.FromResult(!rig.Kind.Tries.IsEmpty));
        var stopping = rig.StopAsync();
        answer.SetResult();
        await stopping;
        await rig.StartAsync();
        await rig.UntilAsync(i => i.SentAt is not null);
        rig.Kind.Tries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_sign_of_life_is_sent_in_its_rhythm_while_there_is_life()
    {
        var (alive, asked) = (true, 0);
        rig.Life.Add(() => { asked++; return alive; });
        var pings = await rig.Channels.CreateAsync(new()
        {
            Name = "pings",
            Kind = "recording",
            Values = new() { ["name"] = "pings", ["aliveMinutes"] = "5" },
            UsualRules = false,
        }, DeskRig.Admin);
        await rig.StartAsync();
        await PingsAsync(1);
        await rig.PassAsync(TimeSpan.FromMinutes(4));
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await PingsAsync(2);
        alive = false;
        await rig.PassAsync(TimeSpan.FromMinutes(5));
        await DeskRig.UntilAsync(() => Task.FromResult(asked == 3));
        await rig.PassAsync(TimeSpan.FromMinutes(4));
        alive = true;
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await PingsAsync(3);
        rig.Kind.Tries.ShouldAllBe(t => t.What.Event == NoticeEvent.Alive);
        await DeskRig.UntilAsync(async () => (await rig.ReadAsync(pings)).LastSentAt == rig.Clock.GetUtcNow());
    }

    private async Task PingsAsync(int count)
    {
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Kind.Taken.Count >= count));
        rig.Kind.Taken.Count.ShouldBe(count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(8, 128)]
    [InlineData(9, 256)]
    [InlineData(10, 360)]
    [InlineData(1000, 360)]
    public void The_pause_doubles_up_to_six_hours(int tries, int minutes) =>
        Outbox.PauseAfter(tries).ShouldBe(TimeSpan.FromMinutes(minutes));
}
