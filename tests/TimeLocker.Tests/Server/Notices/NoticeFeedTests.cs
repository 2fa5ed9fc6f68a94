using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Notices;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>The bell: what was told, who has seen it, and what comes while a page is open.</summary>
public sealed class NoticeFeedTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    private NoticeFeed Feed => rig.Get<NoticeFeed>();

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Each_person_has_seen_what_they_have_marked_and_a_token_has_no_bell()
    {
        var grace = await PersonAsync();
        await TellAsync("one", "two");
        (await Feed.UnseenAsync(grace)).ShouldBe(2);
        var heard = "";
        Feed.Seen += person => heard = person;

        await Feed.MarkSeenAsync(grace);
        ((await Feed.UnseenAsync(grace)), heard).ShouldBe((0, grace.Id));
        await TellAsync("three");
        (await Feed.UnseenAsync(grace)).ShouldBe(1);

        (await Feed.UnseenAsync(DeskRig.Admin)).ShouldBe(0);
        (await Should.ThrowAsync<ProblemException>(() => Feed.MarkSeenAsync(DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
    }

    [Fact]
    public async Task Who_comes_later_has_missed_nothing()
    {
        await rig.Get<AuditLog>().TouchAsync(db =>
        {
            db.Notices.Add(Notice("before", TimeProvider.System.GetUtcNow().AddDays(-1)));
            return Task.CompletedTask;
        });

        (await Feed.UnseenAsync(await PersonAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task Pages_hear_of_a_notice_once_it_is_written_and_never_of_one_that_was_taken_back()
    {
        var heard = new ConcurrentQueue<string>();
        Feed.Added += notice => heard.Enqueue(notice.Title);
        await Should.ThrowAsync<InvalidOperationException>(() => rig.Get<AuditLog>().ChangeAsync(Actor.System, "test",
            async (db, _) =>
        {
            await rig.Get<NoticeBook>().AddAsync(db, Notice("taken back"));
            throw new InvalidOperationException("the change fails");
        }));
        await TellAsync("written");

        await DeskRig.UntilAsync(() => Task.FromResult(!heard.IsEmpty));
        heard.ShouldBe(["written"]);
    }

    [Fact]
    public async Task The_same_event_is_told_once()
    {
        await TellAsync("one");
        await TellAsync("one");

        (await Feed.ListAsync(new(), DeskRig.Admin)).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_list_has_pages_and_can_be_narrowed()
    {
        await TellAsync([.. Enumerable.Range(1, 5).Select(n => $"{n}")]);
        await TellAsync(NoticeEvent.Missed, "missed");

        var first = await Feed.ListAsync(new() { Limit = 4 }, DeskRig.Admin);
        var second = await Feed.ListAsync(new() { Limit = 4, After = Guid.Parse(first.Next!) }, DeskRig.Admin);
        (first.Items.Count, second.Items.Count, second.Next).ShouldBe((4, 2, null));
        first.Items.Concat(second.Items).Select(n => n.Id)
            .ShouldBe(first.Items.Concat(second.Items).Select(n => n.Id).OrderDescending());
        (await Feed.ListAsync(new() { Event = NoticeEvent.Missed },
            DeskRig.Admin)).Items.ShouldHaveSingleItem().Title.Full.ShouldBe("missed");
        (await Feed.ListAsync(new() { Level = NoticeLevel.Info }, DeskRig.Admin)).Items.ShouldBeEmpty();
    }

    private async Task<Actor> PersonAsync()
    {
        await using var db = await rig.DatabaseAsync();
        var user = await db.Users.SingleAsync();
        return new(user.Id, user.UserName!, user.Role, Via.Ui);
    }

    private Task TellAsync(params string[] titles) => TellAsync(NoticeEvent.Failed, titles);

    private Task TellAsync(NoticeEvent happened, params string[] titles) =>
        rig.Get<AuditLog>().ChangeAsync(Actor.System, "test", async (db, _) =>
    {
        foreach (var title in titles)
        {
            await rig.Get<NoticeBook>().AddAsync(db, Notice(title, happened: happened));
        }
    });

    private static Notice Notice(string title, DateTimeOffset? at = null, NoticeEvent happened = NoticeEvent.Failed)
    {
        var when = at ?? TimeProvider.System.GetUtcNow();
        return new()
        {
            Id = Guid.CreateVersion7(when),
            Key = title,
            Event = happened,
            Level = NoticeLevel.Error,
            Title = Text.Verbatim(title),
            At = when,
        };
    }
}
