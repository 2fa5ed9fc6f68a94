using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

/// <summary>
/// Where everything that people may want to hear is written down: in the transaction of what happened, with a row in
/// the outbox for each channel whose rules ask for it.
/// </summary>
public sealed class NoticeBook
{
    /// <summary>A notice was written; what has listened finds it once the transaction has ended.</summary>
    public event Action<Notice>? Written;

    /// <summary>Begins the key of what is told about a channel, which is never sent through that channel.</summary>
    internal static string About(Guid channel) => $"channel:{channel:N}:";

    /// <summary>Part of the transaction that makes the change. Does nothing when this was told before.</summary>
    public async Task AddAsync(TimeLockerDb db, Notice notice)
    {
        if (await db.Notices.AnyAsync(n => n.Key == notice.Key) || db.Notices.Local.Any(n => n.Key == notice.Key))
        {
            return;
        }

        db.Notices.Add(notice);
        var rules = await db.NoticeRules.AsNoTracking().Where(r => r.Enabled).ToListAsync();
        var channels = await db.Channels.AsNoTracking().Where(c => c.Enabled).Select(c => c.Id).ToListAsync();
        foreach (var channel in rules.Where(r => r.Wants(notice)).Select(r => r.ChannelId)
            .Where(c => channels.Contains(c) && !notice.Key.StartsWith(About(c), StringComparison.Ordinal)).Distinct())
        {
            db.Outbox.Add(new OutboxItem
            {
                Id = Guid.CreateVersion7(notice.At),
                NoticeId = notice.Id,
                ChannelId = channel,
                NotBefore = notice.At,
            });
        }

        Written?.Invoke(notice);
    }
}
