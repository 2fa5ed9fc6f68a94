using System.Globalization;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Monitoring;

/// <summary>
/// Says when a plan's last good backup has become older than its target, and when the scheduler has stopped: from the
/// database and the time, whatever else stands still.
/// </summary>
public sealed class OverdueWatch(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, NewNotices notices,
    IScheduleHealth schedule, IClockTrust trust, AgentRegistry agents, TimeProvider clock)
{
    private static readonly TimeSpan Reminded = TimeSpan.FromDays(1);

    /// <returns>When there is something to look at again, as far as is known now.</returns>
    public async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<BackupPlan> plans;
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            plans = await db.Plans.AsNoTracking()
                .Where(p => p.ArchivedAt == null && (p.TargetHours != null || p.OverdueSince != null)).ToListAsync(ct);
        }

        var late = plans.Where(p => TargetAge.IsOverdue(p, now)).ToList();
        await notices.TellAsync(late.ConvertAll(p => Of(p, now)), ct);
        await MarkAsync(plans.Where(p => (p.OverdueSince is not null) != TargetAge.IsOverdue(p, now)).Select(p => p.Id)
            .ToList(), ct);
        var stopped = await LookAtScheduleAsync(now, ct);
        return plans.Select(p => Next(p, now)).Append(stopped).Min();
    }

    private static DateTimeOffset? Next(BackupPlan plan, DateTimeOffset now) =>
        TargetAge.DueBy(plan) is not { } due ? null : due >= now ? due.AddSeconds(1)
            : due + (Math.Floor((now - due) / Reminded) + 1) * Reminded;

    private Notice Of(BackupPlan plan, DateTimeOffset now)
    {
        var due = TargetAge.DueBy(plan)!.Value;
        var days = (int)((now - due) / Reminded);
        var age = Age(plan.TargetHours!.Value);
        var why = plan.LastSuccessAt is { } at
            ? Texts.LastGoodBackupTooOld(Local(at, agents.ZoneOf(plan.MachineId)), age) : Texts.NeverHadGoodBackup(age);
        return notices.Of(NoticeEvent.Overdue, NoticeLevel.Error,
            $"overdue:plan:{plan.Id}:{due.ToUnixTimeSeconds()}:{days}", Texts.PlanOverdue(plan.Name),
            why, $"/plans/{plan.Id}", plan: plan.Id, repository: plan.RepositoryId, inARow: days + 1);
    }

    private async Task MarkAsync(List<Guid> changed, CancellationToken ct)
    {
        if (changed.Count == 0)
        {
            return;
        }

        // No promise to anybody: what is overdue is computed; this only remembers since when.
        await audit.TouchAsync(async db =>
        {
            foreach (var plan in await db.Plans.Where(p => changed.Contains(p.Id)).ToListAsync(ct))
            {
                plan.OverdueSince = TargetAge.IsOverdue(plan, clock.GetUtcNow()) ? TargetAge.DueBy(plan) : null;
            }
        }, ct);
    }

    private async Task<DateTimeOffset?> LookAtScheduleAsync(DateTimeOffset now, CancellationToken ct)
    {
        var found = new List<Notice>();
        if (schedule.HasStopped(now))
        {
            found.Add(notices.Of(NoticeEvent.SchedulerStopped, NoticeLevel.Error,
                $"scheduler:{schedule.Next!.Value.ToUnixTimeSeconds()}", Texts.SchedulerStopped,
                Texts.NothingLookedAtBackup(Local(schedule.Next.Value, clock.LocalTimeZone)), "/"));
        }

        if (trust.Doubt is { } doubt)
        {
            found.Add(notices.Of(NoticeEvent.ClockJumped, NoticeLevel.Error,
                $"clock:{TimeZoneInfo.ConvertTime(now, clock.LocalTimeZone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", doubt.What, Text.Of(doubt.Why, doubt.Next), "/"));
        }

        await notices.TellAsync(found, ct);
        return schedule.Next is { } next && next + IScheduleHealth.Patience > now ? next + IScheduleHealth.Patience : null;
    }

    private static string Local(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    private static Text Age(int hours) => hours % 24 == 0 ? Texts.AgeDays(hours / 24) : Texts.AgeHours(hours);
}
