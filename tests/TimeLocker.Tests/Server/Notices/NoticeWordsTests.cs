using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Notices;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>A notice is stored as what it means, and said to whoever reads it.</summary>
public sealed class NoticeWordsTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_notice_of_an_older_version_says_what_it_said()
    {
        await AddAsync(Text.Verbatim("new"), Text.Verbatim("new"));
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Database.ExecuteSqlRawAsync(
                "UPDATE Notices SET Title = '“Mail” failed.', Text = 'It did not succeed.\nSee why.'");
        }

        var told = await ToldAsync();
        (told.Title.Full, told.Title.Unnamed).ShouldBe(("“Mail” failed.", "“Mail” failed."));
        told.Text.Unnamed.ShouldBe("It did not succeed.\nSee why.");
    }

    [Fact]
    public async Task It_is_said_in_the_language_of_whoever_reads_it()
    {
        await AddAsync(new("Server.Monitoring.Texts.PlanOverdue", ("name", "Mail")), Text.Empty);
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(TextCatalog.PseudoLanguage);
            (await ToldAsync()).Title.Full.ShouldStartWith("⟦“Mail” is overdue.");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public async Task No_name_of_a_file_gets_into_it_even_for_an_Admin()
    {
        await AddAsync(Text.Verbatim("/home/anna/diary".AsName()),
            new("Server.Monitoring.Texts.PlanOverdue", ("name", (TextArgument)"/home/anna/diary".AsName())));
        var told = await ToldAsync();
        (told.Title.Full + told.Text.Full).ShouldBe("…“…” is overdue.");
    }

    [Fact]
    public void A_long_summary_is_stored_and_read()
    {
        var lines = TextList.Lines([.. Enumerable.Range(0, 300).Select(n => Text.Verbatim($"{n}"))]);
        var column = new TimeLocker.Server.Data.TextConverter();
        ((Text)column.ConvertFromProvider(column.ConvertToProvider(lines))!).Full.Split('\n').Length.ShouldBe(300);
    }

    [Fact]
    public void A_rule_that_nobody_named_has_a_name_that_fits()
    {
        RuleText.Name([NoticeEvent.Failed, NoticeEvent.Missed, NoticeEvent.Overdue], DigestRhythm.Daily)
            .ShouldBe("A backup failed, A backup was missed, Daily summary and 1 more");
        RuleText.Name([NoticeEvent.Overdue, NoticeEvent.CheckOverdue],
            DigestRhythm.Weekly).Length.ShouldBeLessThanOrEqualTo(Label.Longest);
    }

    [Theory]
    [InlineData(1, DigestRhythm.None, "when a backup failed or TimeLocker's own clock stopped")]
    [InlineData(22, DigestRhythm.Daily,
        "when a backup failed or TimeLocker's own clock stopped, from the 22nd time in a row; and send the daily summary")]
    public void A_rule_is_said_as_a_sentence(int times, DigestRhythm digest, string said) => RuleText.What(new()
    {
        Id = Guid.NewGuid(),
        Name = "",
        ChannelId = Guid.NewGuid(),
        Events = [NoticeEvent.Failed, NoticeEvent.SchedulerStopped],
        FromTheTime = times,
        Digest = digest,
    }).Full.ShouldBe(said);

    [Fact]
    public void Every_event_has_a_word_and_a_choice() =>
        RuleCatalog.Events.Where(e => e.ToString().Any(char.IsLower) && RuleText.Choice(e).Full == e.ToString()).ShouldBeEmpty();

    private Task AddAsync(Text title, Text text) =>
        rig.Get<AuditLog>().TouchAsync(db => rig.Get<NoticeBook>().AddAsync(db, new Notice
        {
            Id = Guid.CreateVersion7(),
            Key = "k",
            Event = NoticeEvent.Overdue,
            Level = NoticeLevel.Error,
            Title = title,
            Text = text,
            At = TimeProvider.System.GetUtcNow(),
        }));

    private async Task<Notice> ToldAsync() =>
        (await rig.Get<NoticeFeed>().ListAsync(new(), DeskRig.Admin)).Items.ShouldHaveSingleItem();
}
