using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

/// <summary>What is next for one channel.</summary>
internal sealed record Outgoing(OutboxItem Item, Notice Notice, Channel Channel, string? Subject);

/// <summary>
/// What waits to be sent. Every step is written down before and after it is made: a server that ends anywhere goes on there.
/// An item is in one of four states: waiting (no try yet, or <c>Trouble</c> of the last one), under way (a try, no
/// trouble), sent, given up.
/// </summary>
public sealed class Outbox(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, NoticeBook book, TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1), Longest = TimeSpan.FromHours(6);

    internal static TimeSpan PauseAfter(int tries) =>
        tries >= 10 ? Longest : TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Max(0, tries - 1)));

    /// <summary>
    /// After a start: how a try that was under way ended is unknown, so it is made again, at once. Receivers know its
    /// key.
    /// </summary>
    internal Task RejoinAsync(CancellationToken ct) => audit.TouchAsync(async db =>
    {
        foreach (var item in await Waiting(db).Where(i => i.Tries > 0 && i.Trouble == null).ToListAsync(ct))
        {
            item.NotBefore = clock.GetUtcNow();
        }
    }, ct);

    /// <summary>For each channel in use when its next item is due. Waits for a transaction that is about to end.</summary>
    internal async Task<Dictionary<Guid, DateTimeOffset>> DueAsync(CancellationToken ct)
    {
        Dictionary<Guid, DateTimeOffset> due = [];
        await audit.TouchAsync(async db =>
        {
            var items = await Waiting(db).AsNoTracking()
                .Where(i => db.Channels.Any(c => c.Id == i.ChannelId && c.Enabled))
                .Select(i => new { i.ChannelId, i.NotBefore }).ToListAsync(ct);
            due = items.GroupBy(i => i.ChannelId).ToDictionary(g => g.Key, g => g.Min(i => i.NotBefore));
        }, ct);
        return due;
    }

    /// <summary>
    /// The next item that is due for a channel: those that were tried least come first, so that one which is never
    /// taken holds up no other.
    /// </summary>
    internal async Task<Outgoing?> NextAsync(Guid channel, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == channel && c.Enabled, ct) is not { } known
            || await Waiting(db).AsNoTracking().Where(i => i.ChannelId == channel && i.NotBefore <= now)
                .OrderBy(i => i.Tries).ThenBy(i => i.Id).FirstOrDefaultAsync(ct) is not { } item
            || await db.Notices.AsNoTracking().SingleOrDefaultAsync(n => n.Id == item.NoticeId, ct) is not { } notice)
        {
            return null;
        }

        return new(item, notice, known, await SubjectAsync(db, notice, ct));
    }

    internal Task PostponeAsync(Outgoing what, DateTimeOffset until, CancellationToken ct) =>
        ChangeAsync(what, (_, item) => item.NotBefore = until, ct);

    /// <summary>Before a try: should the server end now, the try is made again after its next start.</summary>
    internal Task BeginAsync(Outgoing what, CancellationToken ct) => ChangeAsync(what, (_, item) =>
    {
        item.Tries++;
        (item.Trouble, item.NotBefore) = (null, clock.GetUtcNow() + PauseAfter(item.Tries));
    }, ct);

    internal Task SentAsync(Outgoing what) => ChangeAsync(what, (db, item) =>
    {
        (item.SentAt, item.Trouble) = (clock.GetUtcNow(), null);
        return NoteAsync(db, what.Channel.Id, null);
    });

    /// <summary>
    /// It was not taken. Unavailable: again after a pause, for three days; anything else: not before a person has
    /// changed something.
    /// </summary>
    internal async Task FailedAsync(Outgoing what, ProblemException fault)
    {
        var now = clock.GetUtcNow();
        var over = fault.Kind != ProblemKind.Unavailable || now - what.Notice.At >= ChannelCatalog.Patience;
        if (!over)
        {
            await ChangeAsync(what, (db, item) =>
            {
                (item.Trouble, item.NotBefore) = (fault.Problem, now + PauseAfter(item.Tries));
                return NoteAsync(db, what.Channel.Id, fault.Problem);
            });
            return;
        }

        await audit.ChangeAsync(Actor.System, "notice.given-up", async (db, note) =>
        {
            note.About("channel", what.Channel.Id, new { notice = what.Notice.Key, tries = what.Item.Tries + 1 });
            if (await db.Outbox.SingleOrDefaultAsync(i => i.Id == what.Item.Id && i.SentAt == null) is { } item)
            {
                (item.GivenUpAt, item.Trouble) = (now, fault.Problem);
                await NoteAsync(db, what.Channel.Id, fault.Problem);
                await book.AddAsync(db, Undelivered(what, fault, now));
            }
        }, CancellationToken.None);
    }

    internal Task NoteAsync(Guid channel, Problem? trouble) =>
        audit.TouchAsync(db => NoteAsync(db, channel, trouble), CancellationToken.None);

    private async Task NoteAsync(TimeLockerDb db, Guid channel, Problem? trouble)
    {
        if (await db.Channels.SingleOrDefaultAsync(c => c.Id == channel) is { } known)
        {
            (known.Trouble, known.LastSentAt) = (trouble, trouble is null ? clock.GetUtcNow() : known.LastSentAt);
        }
    }

    // Once a day for a channel: a broken one must not fill the bell.
    private static Notice Undelivered(Outgoing what, ProblemException fault, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Key = $"{NoticeBook.About(what.Channel.Id)}silent:{now.UtcDateTime:yyyy-MM-dd}",
        Event = NoticeEvent.NotDelivered,
        Level = NoticeLevel.Error,
        Title = Texts.ChannelGetsNothing(what.Channel.Name),
        Text = Texts.CouldNotBeDelivered(what.Notice.Title, fault.Problem.What, fault.Problem.Why, fault.Problem.Next),
        Link = $"/settings/notifications/{what.Channel.Id}",
        At = now,
        PlanId = what.Notice.PlanId,
        RepositoryId = what.Notice.RepositoryId,
    };

    private Task ChangeAsync(Outgoing what, Action<TimeLockerDb, OutboxItem> change, CancellationToken ct) =>
        ChangeAsync(what, (db, item) => { change(db, item); return Task.CompletedTask; }, ct);

    private Task ChangeAsync(Outgoing what, Func<TimeLockerDb, OutboxItem, Task> change,
        CancellationToken ct = default) => audit.TouchAsync(async db =>
    {
        if (await db.Outbox.SingleOrDefaultAsync(i => i.Id == what.Item.Id && i.SentAt == null, ct) is { } item)
        {
            await change(db, item);
        }
    }, ct);

    private static IQueryable<OutboxItem> Waiting(TimeLockerDb db) => db.Outbox.Where(i => i.SentAt == null && i.GivenUpAt == null);

    private static async Task<string?> SubjectAsync(TimeLockerDb db, Notice notice, CancellationToken ct) =>
        notice.PlanId is { } plan ? await db.Plans.Where(p => p.Id == plan).Select(p => p.Name).SingleOrDefaultAsync(ct)
        : notice.RepositoryId is { } place
        ? await db.Repositories.Where(r => r.Id == place).Select(r => r.Name).SingleOrDefaultAsync(ct)
        : null;
}
