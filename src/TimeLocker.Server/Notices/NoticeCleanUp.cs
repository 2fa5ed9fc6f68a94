using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

/// <summary>
/// Forgets what was told long ago, and who was sent it. What still waits to be sent stays, and so does its notice.
/// </summary>
public sealed class NoticeCleanUp(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock) : IBackgroundWork
{
    public const int NoticeDays = 400, DeliveryDays = 90, MostNotices = 10_000;

    /// <summary>Rows of each kind in one transaction: between two of them others have the database's turn.</summary>
    internal int AtOnce { get; init; } = 500;
    internal int Most { get; init; } = MostNotices;

    public string Name => "old-notices";

    public Text Does => Texts.NoticeCleanUpDoes;

    public DateTimeOffset FirstAt => clock.Next(RegularTimes.EveryNight);

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        await RemoveAsync(Actor.System, ct);
        return clock.Next(RegularTimes.EveryNight);
    }

    /// <returns>How many notices went.</returns>
    public async Task<int> RemoveAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var first = await FirstKeptAsync(ct);
        var before = clock.GetUtcNow().AddDays(-DeliveryDays);
        var gone = 0;
        while (await BatchAsync(first, before, ct) is { Count: > 0 } batch)
        {
            gone += await RemoveAsync(batch, who, ct);
        }

        return gone;
    }

    private sealed record Batch(IReadOnlyList<Guid> Notices, IReadOnlyList<Guid> Deliveries)
    {
        public int Count => Notices.Count + Deliveries.Count;
    }

    // Ids sort by time.
    private async Task<Guid> FirstKeptAsync(CancellationToken ct)
    {
        var young = NoticeFeed.First(clock.GetUtcNow().AddDays(-NoticeDays));
        await using var db = await databases.CreateDbContextAsync(ct);
        var among = await db.Notices.OrderByDescending(n => n.Id).Select(n => n.Id).Skip(Most - 1).FirstOrDefaultAsync(ct);
        return among.CompareTo(young) > 0 ? among : young;
    }

    private async Task<Batch> BatchAsync(Guid first, DateTimeOffset before, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return new(await db.Notices.Where(n => n.Id.CompareTo(first) < 0
            && !db.Outbox.Any(i => i.NoticeId == n.Id && i.SentAt == null && i.GivenUpAt == null)).OrderBy(n => n.Id)
            .Select(n => n.Id).Take(AtOnce).ToListAsync(ct),
            await db.Outbox.Where(i => i.SentAt < before || i.GivenUpAt < before).OrderBy(i => i.Id).Select(i => i.Id)
                .Take(AtOnce).ToListAsync(ct));
    }

    private Task<int> RemoveAsync(Batch batch, Actor who, CancellationToken ct) =>
        audit.ChangeAsync(who, "notices.removed", async (db, note) =>
    {
        var (notices, deliveries) = (batch.Notices.ToList(), batch.Deliveries.ToList());
        var sent = await db.Outbox.Where(i => (deliveries.Contains(i.Id) || notices.Contains(i.NoticeId))
            && (i.SentAt != null || i.GivenUpAt != null)).ExecuteDeleteAsync(ct);
        var told = await db.Notices.Where(n => notices.Contains(n.Id) && !db.Outbox.Any(i => i.NoticeId == n.Id))
            .ExecuteDeleteAsync(ct);
        note.About("notice", "old", new { notices = told, deliveries = sent });
        return told;
    }, ct);
}
