using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

public sealed record NoticeFilter
{
    public NoticeEvent? Event { get; init; }
    public NoticeLevel? Level { get; init; }
    public Guid? After { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>What the bell shows: the notices, which of them a person has not seen, and new ones as they are written.</summary>
public sealed class NoticeFeed : IDisposable
{
    /// <summary>More than so many unseen ones are not counted.</summary>
    public const int MostCounted = 99;

    private readonly IDbContextFactory<TimeLockerDb> databases;
    private readonly AuditLog audit;
    private readonly NoticeBook book;
    private readonly ILogger<NoticeFeed> log;

    public NoticeFeed(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, NoticeBook book, ILogger<NoticeFeed> log)
    {
        (this.databases, this.audit, this.book, this.log) = (databases, audit, book, log);
        book.Written += Tell;
    }

    /// <summary>A notice is in the database.</summary>
    public event Action<Notice>? Added;

    /// <summary>This person has looked at the bell: in another tab, too.</summary>
    public event Action<string>? Seen;

    /// <summary>Newest first.</summary>
    public async Task<Page<Notice>> ListAsync(NoticeFilter filter, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Viewer);
        var limit = Math.Clamp(filter.Limit, 1, 500);
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = db.Notices.AsNoTracking();
        found = filter.Event is { } of ? found.Where(n => n.Event == of) : found;
        found = filter.Level is { } level ? found.Where(n => n.Level == level) : found;
        found = filter.After is { } after ? found.Where(n => n.Id.CompareTo(after) < 0) : found;
        var rows = await found.OrderByDescending(n => n.Id).Take(limit + 1).ToListAsync(ct);
        return new([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id.ToString() : null);
    }

    /// <summary>How many this person has not seen, up to one more than <see cref="MostCounted"/>. A token has no bell: 0.</summary>
    public async Task<int> UnseenAsync(Actor who, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await SeenUntilAsync(who, ct) is { } seen
            ? await db.Notices.Where(n => n.Id.CompareTo(seen) > 0).Take(MostCounted + 1).CountAsync(ct) : 0;
    }

    /// <summary>The newest that this person has seen. Who is new has not missed what was told before they came.</summary>
    public async Task<Guid?> SeenUntilAsync(Actor who, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var person = await db.Users.AsNoTracking().Where(u => u.Id == who.Id)
            .Select(u => new { u.NoticesSeen, u.CreatedAt }).SingleOrDefaultAsync(ct);
        return person is null ? null : person.NoticesSeen ?? First(person.CreatedAt);
    }

    /// <summary>All that is told until now has been seen.</summary>
    public async Task MarkSeenAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Viewer);
        await audit.TouchAsync(async db =>
        {
            var person = await db.Users.SingleOrDefaultAsync(u => u.Id == who.Id, ct)
                ?? throw ProblemException.Invalid(Problems.NothingMarkedOnlyPeople);
            person.NoticesSeen = await db.Notices.OrderByDescending(n => n.Id).Select(n => (Guid?)n.Id)
                .FirstOrDefaultAsync(ct) ?? person.NoticesSeen;
        }, ct);
        Seen?.Invoke(who.Id);
    }

    public void Dispose() => book.Written -= Tell;

    /// <summary>The smallest id that a notice of this moment can have.</summary>
    internal static Guid First(DateTimeOffset at)
    {
        var ms = at.ToUnixTimeMilliseconds();
        return new Guid((int)(ms >> 16), (short)ms, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
    }

    private void Tell(Notice notice) => _ = TellAsync(notice);

    // It is written in a transaction that has not ended: whoever has the database's turn next finds it, or that it was taken back.
    private async Task TellAsync(Notice notice)
    {
        try
        {
            var there = false;
            await audit.TouchAsync(async db => there = await db.Notices.AnyAsync(n => n.Id == notice.Id));
            if (there)
            {
                Added?.Invoke(notice);
            }
        }
        catch (Exception fault) when (Data.WriteFailure.Is(fault) || fault is ObjectDisposedException)
        {
            log.LogWarning("A notice was not shown on open pages: {Reason}", fault.Message);
        }
    }
}
