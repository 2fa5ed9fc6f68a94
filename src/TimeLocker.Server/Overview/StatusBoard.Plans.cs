using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Overview;

public sealed partial class StatusBoard
{
    /// <summary>What the last ended run and the plan's target say, whatever runs now.</summary>
    public static Level Proven(BackupPlan plan, DateTimeOffset now) => plan switch
    {
        { LastOutcome: RunOutcome.Failed or RunOutcome.Interrupted } => Level.Failed,
        _ when TargetAge.IsOverdue(plan, now) => Level.Overdue,
        { MissedInARow: > 0 } => Level.Missed,
        { LastOutcome: null } => Level.Waiting,
        { LastOutcome: RunOutcome.Succeeded, OpenAnomalies: 0 } when IsYoung(plan, now) => Level.Safe,
        _ => Level.Warning,
    };

    /// <summary>
    /// “Safe” needs more than a good backup in time: a repository that was looked at, on another disk, and whose
    /// password somebody else has, too.
    /// </summary>
    public static Level Proven(BackupPlan plan, Repository? place, DateTimeOffset now) =>
        Proven(plan, now) is Level.Safe
            && (plan.OnOneDisk
                || place is not { RecoveryConfirmedAt: not null, Maintenance.Damage: null }
                || MaintenanceAge.Check(place, now) == MaintenanceState.Overdue)
            ? Level.Saved
            : Proven(plan, now);

    private static bool IsYoung(BackupPlan plan, DateTimeOffset now) => plan.TargetHours is not null || now - plan.LastSuccessAt <= TargetAge.Old;

    // A plan that runs has a level of its own, but what is unusual about it is said all the same.
    private IEnumerable<StatusItem> Exceptions(PlanLine line, Run? last)
    {
        var (p, level, now) = (line.Plan, line.Level, clock.GetUtcNow());
        if (level == Level.Failed)
        {
            Sentence ended = p.LastOutcome == RunOutcome.Interrupted
                ? "Its last backup was interrupted."
                : "Its last backup did not succeed.";
            var step = last is null ? null : NextSteps.Of(last);
            yield return new(level, $"“{p.Name}” failed.",
                p.FailedInARow > 1
                    ? Sentence.Of([last?.Problem?.WhatSentence ?? ended, Sentence.Of($"That was so {p.FailedInARow} times in a row.")])
                    : last?.Problem?.WhatSentence ?? ended,
                step?.Button ?? "See why",
                step?.Link ?? $"/runs/{p.LastRunId}");
        }

        if (level is not Level.Running && TargetAge.IsOverdue(p, now))
        {
            yield return new(Level.Overdue, $"“{p.Name}” is overdue.", p.LastSuccessAt is { } at ? $"Its last good backup is {Age(now - at)} old; it should never be older than {Age(TimeSpan.FromHours(p.TargetHours!.Value))}." : "It has no good backup yet.", "Back up", $"/plans/{p.Id}");
        }
        else if (level == Level.Missed)
        {
            yield return new(level, $"“{p.Name}” missed {(p.MissedInARow == 1 ? "a backup" : $"{p.MissedInARow} backups in a row")}.", "It did not run at its time.", "See when", $"/plans/{p.Id}?tab=runs");
        }
        else if (level == Level.Waiting)
        {
            yield return new(level, $"“{p.Name}” has never run.", "Nothing of it is saved yet.", "Back up", $"/plans/{p.Id}");
        }
        else if (level == Level.Warning)
        {
            var item = p.LastOutcome switch
            {
                RunOutcome.Incomplete => new StatusItem(level, $"“{p.Name}” is not complete.", "Its last backup left something out, or a program after it failed.", "See what", $"/runs/{p.LastRunId}"),
                RunOutcome.Cancelled => new(level, $"“{p.Name}” was cancelled.", "Its last backup was stopped before its end.", "Back up", $"/plans/{p.Id}"),
                _ => IsYoung(p, now) ? null : new(level, $"“{p.Name}” is old.", "Its last good backup is more than a week ago.", "Back up", $"/plans/{p.Id}"),
            };
            if (item is not null)
            {
                yield return item;
            }
        }

        if (p.OpenAnomalies > 0)
        {
            yield return new(Level.Warning, $"“{p.Name}” had an unusual backup.", "Nothing of it is removed until somebody says that this is all right.", "Look", $"/plans/{p.Id}");
        }
    }

    // One for each repository: its copy helps all of its plans.
    private static IEnumerable<StatusItem> OnOneDisk(IReadOnlyList<BackupPlan> plans) =>
        plans.Where(p => p.OnOneDisk).GroupBy(p => p.RepositoryId).Select(same => new StatusItem(
            Level.Warning,
            same.Count() == 1
                ? $"“{same.First().Name}” is on the same disk as its backup."
                : $"{same.Count()} plans are on the same disk as their backups.",
            "When that disk breaks or is stolen, the files and their backup are gone together.",
            "Add a copy",
            $"/repositories/new?copyOf={same.Key}"));

    private IEnumerable<StatusItem> OfTheServer()
    {
        if (schedule.HasStopped(clock.GetUtcNow()))
        {
            yield return new(Level.Failed, "The scheduler has stopped.", "Something was due and nothing looked at it: backups do not begin by themselves. Restart TimeLocker.", "See runs", "/activity");
        }

        if (StateWatch.Known(database) is { } damage)
        {
            yield return new(
                Level.Failed,
                StateWatch.Title,
                $"{damage} {StateWatch.GoesOn} Put it back from a copy.",
                "See notices",
                "/notices");
        }

        if (trust.Doubt is { } doubt)
        {
            yield return new(Level.Failed, doubt.What, $"{doubt.WhySentence} {doubt.NextSentence}", "Look", "/#clock");
        }
    }

    private async Task<Dictionary<Guid, Run>> LastRunsAsync(IEnumerable<BackupPlan> of, CancellationToken ct)
    {
        var ids = of.Select(p => p.LastRunId).OfType<Guid>().ToList();
        if (ids.Count == 0)
        {
            return [];
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        return (await db.Runs.AsNoTracking().Where(r => ids.Contains(r.Id)).ToListAsync(ct)).ToDictionary(r => r.PlanId!.Value);
    }

    private async Task<IReadOnlyList<StatusItem>> OfChannelsAsync(bool isUsed, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        StatusItem[] nobody = isUsed && await NoticeReaders.AreMissingAsync(db, ct)
            ? [
                new(Level.Waiting, "Nobody is notified when something goes wrong.",
                    "Only people who look here see that a backup failed.",
                    "Tell somebody",
                    "/settings/notifications")
                {
                    Dismiss = "I look here myself",
                },
            ]
            : [];
        return [.. nobody, .. (await db.Channels.AsNoTracking().Where(c => c.Enabled && c.Trouble != null).OrderBy(c => c.Name).ToListAsync(ct))
            .Select(c => new StatusItem(Level.Warning, $"“{c.Name}” does not reach anybody.", c.Trouble!.WhySentence,
                "Settings",
                "/settings/notifications"))];
    }

    private static string Age(TimeSpan age) => age.TotalHours < 48 ? (int)age.TotalHours is 1 ? "1 hour" : $"{(int)age.TotalHours} hours" : $"{(int)age.TotalDays} days";
}
