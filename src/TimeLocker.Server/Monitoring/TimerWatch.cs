using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Monitoring;

/// <summary>
/// Says when a timer of the system does not do what its plan says any more. Who changes a plan mostly installs the
/// timer anew at once: it is told when it stood so for a while.
/// </summary>
public sealed class TimerWatch(IDbContextFactory<TimeLockerDb> databases, NewNotices notices, TimeProvider clock)
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private Dictionary<string, DateTimeOffset> seen = [];

    public async Task LookAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var found = (await db.Plans.AsNoTracking().Where(p => p.Timer != null).ToListAsync(ct)).Select(Of)
            .OfType<Notice>().ToList();
        seen = found.ToDictionary(n => n.Key, n => seen.TryGetValue(n.Key, out var since) && since <= now ? since : now);
        await notices.TellAsync([.. found.Where(n => now - seen[n.Key] >= Patience)], ct);
    }

    private Notice? Of(BackupPlan plan) => TimerTrouble.Of(plan) is not { } trouble ? null
        : notices.Of(NoticeEvent.TimerSilent, NoticeLevel.Warning, $"timer:{plan.Id}:{Mark(plan)}",
            Texts.TimerOutOfDate(plan.Name), trouble.ToText(), $"/plans/{plan.Id}?tab=when", plan: plan.Id,
            repository: plan.RepositoryId);

    // The same trouble is told once; the next change of the plan is another one.
    private static string Mark(BackupPlan plan) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{plan.ArchivedAt is null}|{plan.Timer!.InstalledAt:O}|{string.Join('|', plan.Schedules)}"))))[..16];
}
