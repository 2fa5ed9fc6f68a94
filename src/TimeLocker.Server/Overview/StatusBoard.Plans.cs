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

    private static bool IsYoung(BackupPlan plan, DateTimeOffset now) =>
        plan.TargetHours is not null || now - plan.LastSuccessAt <= TargetAge.Old;

    // A plan that runs has a level of its own, but what is unusual about it is said all the same.
    private IEnumerable<StatusItem> Exceptions(PlanLine line, Run? last)
    {
        var (p, level, now) = (line.Plan, line.Level, clock.GetUtcNow());
        if (level == Level.Failed)
        {
            Text ended = p.LastOutcome == RunOutcome.Interrupted
                ? Texts.LastBackupInterrupted
                : Texts.LastBackupDidNot;
            var step = last is null ? null : NextSteps.Of(last);
            yield return new(level, Texts.Failed(p.Name),
                p.FailedInARow > 1
                    ? Text.Of([last?.Problem?.What ?? ended, Texts.TimesInRow(p.FailedInARow)])
                    : last?.Problem?.What ?? ended,
                step?.Button ?? Texts.SeeWhy,
                step?.Link ?? $"/runs/{p.LastRunId}");
        }

        if (level is not Level.Running && TargetAge.IsOverdue(p, now))
        {
            yield return new(Level.Overdue, Texts.Overdue(p.Name),
                p.LastSuccessAt is { } at
                    ? Texts.LastGoodBackupOld(Age(now - at), Age(TimeSpan.FromHours(p.TargetHours!.Value)))
                    : Texts.NoGoodBackupYet, Texts.BackUp, $"/plans/{p.Id}");
        }
        else if (level == Level.Missed)
        {
            yield return new(level, Texts.Missed(p.Name, p.MissedInARow), Texts.DidNotRunTime, Texts.SeeWhen,
                $"/plans/{p.Id}?tab=runs");
        }
        else if (level == Level.Waiting)
        {
            yield return new(level, Texts.NeverRun(p.Name), Texts.NothingSavedYet, Texts.BackUp, $"/plans/{p.Id}");
        }
        else if (level == Level.Warning)
        {
            var item = p.LastOutcome switch
            {
                RunOutcome.Incomplete => new StatusItem(level, Texts.NotComplete(p.Name), Texts.LastBackupLeftSomething,
                    Texts.SeeWhat, $"/runs/{p.LastRunId}"),
                RunOutcome.Cancelled => new(level, Texts.Cancelled(p.Name), Texts.LastBackupStoppedBefore, Texts.BackUp,
                    $"/plans/{p.Id}"),
                _ => IsYoung(p, now) ? null
                    : new(level, Texts.Old(p.Name), Texts.LastGoodBackupMore, Texts.BackUp, $"/plans/{p.Id}"),
            };
            if (item is not null)
            {
                yield return item;
            }
        }

        if (p.OpenAnomalies > 0)
        {
            yield return new(Level.Warning, Texts.UnusualBackup(p.Name), Texts.NothingRemovedUntilSomebody, Texts.Look,
                $"/plans/{p.Id}");
        }
    }

    // One for each repository: its copy helps all of its plans.
    private static IEnumerable<StatusItem> OnOneDisk(IReadOnlyList<BackupPlan> plans) =>
        plans.Where(p => p.OnOneDisk).GroupBy(p => p.RepositoryId).Select(same => new StatusItem(
            Level.Warning,
            same.Count() == 1
                ? Texts.SameDiskBackup(same.First().Name)
                : Texts.PlansSameDiskTheir(same.Count()),
            Texts.WhenDiskBreaksOr,
            Texts.AddCopy,
            $"/repositories/new?copyOf={same.Key}"));

    private IEnumerable<StatusItem> OfTheServer()
    {
        if (schedule.HasStopped(clock.GetUtcNow()))
        {
            yield return new(Level.Failed, Texts.SchedulerStopped, Texts.SomethingDueNothingLooked, Texts.SeeRuns, "/activity");
        }

        if (StateWatch.Known(database) is { } damage)
        {
            yield return new(
                Level.Failed,
                StateWatch.Title,
                Texts.PutBackFromCopy(damage, StateWatch.GoesOn),
                Texts.SeeNotices,
                "/notices");
        }

        if (trust.Doubt is { } doubt)
        {
            yield return new(Level.Failed, doubt.What, Text.Of(doubt.Why, doubt.Next), Texts.Look, "/#clock");
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
                new(Level.Waiting, Texts.NobodyNotifiedWhenSomething,
                    Texts.OnlyPeopleWhoLook,
                    Texts.TellSomebody,
                    "/settings/notifications")
                {
                    Dismiss = Texts.ILookHereMyself,
                },
            ]
            : [];
        return [.. nobody,
            .. (await db.Channels.AsNoTracking().Where(c => c.Enabled && c.Trouble != null).OrderBy(c => c.Name)
                .ToListAsync(ct))
            .Select(c => new StatusItem(Level.Warning, Texts.DoesNotReachAnybody(c.Name), c.Trouble!.Why,
                Texts.Settings,
                "/settings/notifications"))];
    }

    private static string Age(TimeSpan age) =>
        age.TotalHours < 48 ? (int)age.TotalHours is 1 ? "1 hour" : $"{(int)age.TotalHours} hours"
            : $"{(int)age.TotalDays} days";
}
