using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Feeds;

/// <summary>Figures for a monitoring system: from the counters that the pages use, without reading history.</summary>
public sealed class MetricsFeed(PlanCatalog plans, RepositoryCatalog repositories,
    IDbContextFactory<TimeLockerDb> databases, RunFeed feed, RunQueue queue, RunCounts counts, IScheduleHealth schedule,
    IClockTrust trust, TimeProvider clock)
{
    private static readonly RunOutcome[] Outcomes = [RunOutcome.Succeeded, RunOutcome.Incomplete, RunOutcome.Failed,
        RunOutcome.Cancelled, RunOutcome.Interrupted];

    public async Task<string> WriteAsync(CancellationToken ct)
    {
        var text = new PrometheusText();
        text.Gauge("timelocker_info", "Always 1; the version is a label.").Sample(1,
            ("version", typeof(MetricsFeed).Assembly.GetName().Version?.ToString(3) ?? "0"));
        text.Gauge("timelocker_start_time_seconds", "When the server started.").Sample(Unix(counts.Since));
        Plans(text, await plans.ListAsync(ct));
        Places(text, await repositories.ListAsync(ct));
        Runs(text);
        await ServerAsync(text, ct);
        Process(text);
        return text.ToString();
    }

    private void Plans(PrometheusText text, IReadOnlyList<BackupPlan> all)
    {
        var now = clock.GetUtcNow();
        Each(text.Gauge("timelocker_plan_last_success_timestamp_seconds", "When the plan's last good backup ended."),
            all, p => Unix(p.LastSuccessAt));
        Each(text.Gauge("timelocker_plan_last_end_timestamp_seconds",
            "When the plan's last run ended, however it did."), all, p => Unix(p.LastEndedAt));
        text.Gauge("timelocker_plan_last_outcome",
            "How the plan's last run ended: 1 for the outcome in the label, 0 for the others.");
        foreach (var plan in all.Where(p => p.LastOutcome is not null))
        {
            foreach (var outcome in Outcomes)
            {
                text.Sample(plan.LastOutcome == outcome ? 1 : 0, ("plan", plan.Name), ("id", $"{plan.Id}"),
                    ("outcome", Word(outcome)));
            }
        }

        Each(text.Gauge("timelocker_plan_target_age_seconds",
            "How old the last good backup may be, where that was said."), all, p => p.TargetHours * 3600d);
        Each(text.Gauge("timelocker_plan_overdue", "1 when the last good backup is older than the plan's target."), all,
            p => TargetAge.IsOverdue(p, now) ? 1 : 0);
        Each(text.Gauge("timelocker_plan_failed_in_a_row", "Failed runs since the last one that did not fail."), all,
            p => p.FailedInARow);
        Each(text.Gauge("timelocker_plan_missed_in_a_row", "Slots missed since the last run."), all, p => p.MissedInARow);
        Each(text.Gauge("timelocker_plan_size_bytes", "What the plan's last snapshot holds."), all, p => p.LastBytes);
        Each(text.Gauge("timelocker_plan_files", "Files in the plan's last snapshot."), all, p => p.LastFiles);
        Each(text.Gauge("timelocker_plan_anomalies_open", "Unusual backups of the plan that nobody has answered."), all,
            p => p.OpenAnomalies);
    }

    private static void Each(PrometheusText text, IReadOnlyList<BackupPlan> all, Func<BackupPlan, double?> value)
    {
        foreach (var plan in all)
        {
            text.Sample(value(plan), ("plan", plan.Name), ("id", $"{plan.Id}"));
        }
    }

    private static void Places(PrometheusText text, IReadOnlyList<Repository> all)
    {
        void Each(string name, string help, Func<Repository, double?> value)
        {
            text.Gauge(name, help);
            foreach (var place in all)
            {
                text.Sample(value(place), ("repository", place.Name), ("id", $"{place.Id}"));
            }
        }

        Each("timelocker_repository_stored_bytes", "Bytes that the repository takes, where known.", r => r.StoredBytes);
        Each("timelocker_repository_free_bytes", "Bytes free where the repository is kept, where known.", r => r.FreeBytes);
        Each("timelocker_repository_snapshots", "Snapshots in the repository.", r => r.SnapshotCount);
        Each("timelocker_repository_newest_snapshot_timestamp_seconds", "When its newest snapshot was made.",
            r => Unix(r.NewestSnapshotAt));
        Each("timelocker_repository_last_check_timestamp_seconds", "When it was checked last.", r => Unix(r.Maintenance.Check?.At));
        Each("timelocker_repository_damaged", "1 while damage that a check found is not mended.",
            r => r.Maintenance.Damage is null ? 0 : 1);
        Each("timelocker_repository_reachable", "0 when it could not be read last time.", r => r.Trouble is null ? 1 : 0);
    }

    private void Runs(PrometheusText text)
    {
        text.Counter("timelocker_runs_total", "Runs that have ended since the server started, by kind and outcome.");
        foreach (var (key, count) in counts.All.OrderBy(c => c.Key))
        {
            text.Sample(count, ("kind", Word(key.Kind)), ("outcome", Word(key.Outcome)));
        }

        var active = feed.Active.Where(r => !r.DryRun).ToList();
        text.Gauge("timelocker_runs_active", "Runs that have not ended, by what they do.")
            .Sample(active.Count(r => r.State == RunState.Queued), ("state", "queued"))
            .Sample(active.Count(r => r.State != RunState.Queued), ("state", "running"));
        text.Gauge("timelocker_queue_paused", "1 while nothing new begins.").Sample(queue.Paused is null ? 0 : 1);
    }

    private async Task ServerAsync(PrometheusText text, CancellationToken ct)
    {
        text.Gauge("timelocker_scheduler_last_look_timestamp_seconds", "When the scheduler last decided what is due.")
            .Sample(Unix(schedule.LookedAt));
        text.Gauge("timelocker_scheduler_next_timestamp_seconds", "When something is due next.").Sample(Unix(schedule.Next));
        text.Gauge("timelocker_scheduler_stopped",
            "1 when something has been due for more than five minutes and nothing looked at it.")
            .Sample(schedule.HasStopped(clock.GetUtcNow()) ? 1 : 0);
        text.Gauge("timelocker_clock_doubted", "1 while nothing is removed because the clock has jumped.")
            .Sample(trust.Doubt is null ? 0 : 1);
        await using var db = await databases.CreateDbContextAsync(ct);
        text.Gauge("timelocker_outbox_waiting", "Notifications that were not delivered yet.")
            .Sample(await db.Outbox.CountAsync(o => o.SentAt == null && o.GivenUpAt == null, ct));
        text.Gauge("timelocker_channels_in_trouble", "NoticeMessage channels that did not deliver the last time.")
            .Sample(await db.Channels.CountAsync(c => c.Enabled && c.Trouble != null, ct));
        text.Gauge("timelocker_anomalies_open", "Unusual backups that nobody has answered.")
            .Sample(await db.Anomalies.CountAsync(a => a.AnsweredAt == null, ct));
        text.Gauge("timelocker_removals_pending", "Snapshots that wait for their removal.")
            .Sample(await db.PendingRemovals.CountAsync(ct));
    }

    private static void Process(PrometheusText text)
    {
        text.Counter("process_cpu_seconds_total", "CPU time of the server's process.")
            .Sample(Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Gauge("process_resident_memory_bytes", "Memory of the server's process.").Sample(Environment.WorkingSet);
        text.Gauge("process_open_fds", "Open files of the server's process.")
            .Sample(Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count()
                : null);
        text.Gauge("dotnet_gc_heap_bytes", "Managed memory in use.").Sample(GC.GetTotalMemory(forceFullCollection: false));
    }

    private static double? Unix(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() / 1000d;

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();
}
