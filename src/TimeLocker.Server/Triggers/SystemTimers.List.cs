using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Server.Triggers;

/// <summary>A plan that the system starts, and its timer.</summary>
/// <param name="Next">When it rings next.</param>
/// <param name="Rings">What was written into it, in sentences.</param>
/// <param name="Trouble">It does not do what the plan says: what to enter on the machine.</param>
/// <param name="Hint">Not wrong, but good to know.</param>
public sealed record TimerState(Guid PlanId, string Name, SystemTimer Timer, DateTimeOffset? Next,
    IReadOnlyList<string> Rings, Problem? Trouble, string? Hint);

public sealed partial class SystemTimers
{
    /// <summary>All plans with a timer of the system, archived ones with them: their timers ring on.</summary>
    public async Task<IReadOnlyList<TimerState>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        return [.. (await db.Plans.AsNoTracking().Where(p => p.Timer != null).OrderBy(p => p.Name)
            .ToListAsync(ct)).Select(p => Of(p, now))];
    }

    /// <summary>When the timer rings next, as it was told; it knows nothing of hours, pauses and an archived plan.</summary>
    public static DateTimeOffset? NextRing(BackupPlan plan, DateTimeOffset now) => plan.Timer is not { } timer ? null
        : timer.Rings.Count == 0 ? NextSlot(plan, now)
        : new SlotRules(plan.Id, timer.Rings, PlanWindows.Always, null, TimeZoneInfo.Utc).Next(now);

    private static TimerState Of(BackupPlan plan, DateTimeOffset now) => new(plan.Id, plan.Name, plan.Timer!, NextRing(plan, now),
        [.. plan.Timer!.Rings.Select(SchedulePreset.Say)], TimerTrouble.Of(plan), TimerTrouble.Hint(plan, now));
}
