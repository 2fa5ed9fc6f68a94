using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Notices;

namespace TimeLocker.Server.Monitoring;

/// <summary>Tells what no run says. Facts are looked at again and again; only what was not told before is written.</summary>
public sealed class NewNotices(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, NoticeBook book, TimeProvider clock)
{
    internal Notice Of(NoticeEvent happened, NoticeLevel level, string key, Text title, Text text, string link,
        Guid? plan = null, Guid? repository = null, int inARow = 1)
    {
        var now = clock.GetUtcNow();
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Key = key,
            Event = happened,
            Level = level,
            Title = title,
            Text = text,
            Link = link,
            At = now,
            PlanId = plan,
            RepositoryId = repository,
            InARow = inARow,
        };
    }

    /// <param name="and">More that belongs to the same transaction; only called when something is told.</param>
    /// <returns>How many were told.</returns>
    internal async Task<int> TellAsync(IReadOnlyList<Notice> found, CancellationToken ct, Func<TimeLockerDb, Task>? and = null)
    {
        var keys = found.Select(n => n.Key).ToList();
        List<string> told;
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            told = keys.Count == 0 ? [] : await db.Notices.Where(n => keys.Contains(n.Key)).Select(n => n.Key).ToListAsync(ct);
        }

        var fresh = found.Where(n => !told.Contains(n.Key)).ToList();
        if (fresh.Count == 0)
        {
            return 0;
        }

        await audit.ChangeAsync(Actor.System, "notice.written", async (db, note) =>
        {
            foreach (var notice in fresh)
            {
                await book.AddAsync(db, notice);
            }

            if (and is not null)
            {
                await and(db);
            }

            note.About("notice", fresh[0].Id, new { events = fresh.Select(n => n.Event.ToString()) });
        }, ct);
        return fresh.Count;
    }
}
