using System.Globalization;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Background;

namespace TimeLocker.Server.Monitoring;

/// <summary>
/// Says when work in the background stands still. After a sleep of the computer all is late for a moment: it is told
/// when it stood so for a while.
/// </summary>
public sealed class WorkWatch(WorkRegistry works, NewNotices notices, TimeProvider clock)
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private Dictionary<string, DateTimeOffset> seen = [];

    public async Task LookAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var found = works.StandingStill(now);
        seen = found.ToDictionary(w => w.Name, w => seen.TryGetValue(w.Name, out var since) && since <= now ? since : now);
        await notices.TellAsync([.. found.Where(w => now - seen[w.Name] >= Patience).Select(w => Of(w, now))], ct);
    }

    private Notice Of(WorkState work, DateTimeOffset now) => notices.Of(NoticeEvent.SchedulerStopped, NoticeLevel.Error,
        $"work:{work.Name}:{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", Texts.StandsStill(work.Name),
        Texts.RestartToGoOn(work.Does, work.Running), "/settings/about");
}
