using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Overview;

/// <summary>
/// Empty: nothing is set up. Waiting: set up, but nothing is proven yet. Saved: the last backup is good, but
/// something else that “safe” promises is not so.
/// </summary>
public enum Level { Empty, Waiting, Saved, Safe, Running, Warning, Missed, Overdue, Failed }

/// <summary>Something that needs a person, with its one button.</summary>
/// <param name="Link">Where the button leads, within the dashboard.</param>
public sealed record StatusItem(Level Level, Text What, Text Why, Text Button, string Link)
{
    /// <summary>The button with which an Admin ends it for good, where that makes sense.</summary>
    public Text? Dismiss { get; init; }
}

/// <summary>A plan and its last days.</summary>
/// <param name="Days">The last 30 days, oldest first; a day without a run is not in it.</param>
public sealed record PlanLine(BackupPlan Plan, string Repository, Level Level, IReadOnlyList<PlanDay> Days);

/// <summary>Whether all is safe, and what is not.</summary>
public sealed record Status(Level Level, Text Sentence, IReadOnlyList<StatusItem> Exceptions,
    IReadOnlyList<PlanLine> Plans, IReadOnlyList<Run> Running, IReadOnlyList<Repository> Repositories);

/// <summary>Are we safe? Answered from counters that are kept when runs end, so it costs the same after ten years.</summary>
public sealed partial class StatusBoard(PlanCatalog plans, RepositoryCatalog repositories, RunFeed feed,
    IDbContextFactory<TimeLockerDb> databases, IScheduleHealth schedule, IClockTrust trust, DatabaseWatch database,
    TimeProvider clock)
{
    public const int Days = 30;

    public async Task<Status> GetAsync(CancellationToken ct = default)
    {
        var all = await plans.ListAsync(ct);
        var places = await repositories.ListAsync(ct);
        var strips = await plans.DayHistoryAsync(all.Select(p => p.Id), Days, ct);
        var byId = places.ToDictionary(r => r.Id);
        var running = feed.Active;
        var lines = all.Select(p => new PlanLine(p,
            byId.GetValueOrDefault(p.RepositoryId)?.Name ?? "?",
            LevelOf(p, byId.GetValueOrDefault(p.RepositoryId), running),
            [.. strips[p.Id]])).ToList();
        var failed = await LastRunsAsync(all.Where(p => Proven(p, clock.GetUtcNow()) == Level.Failed), ct);
        StatusItem[] exceptions =
        [
            .. OfTheServer(),
            .. lines.SelectMany(l => Exceptions(l, failed.GetValueOrDefault(l.Plan.Id))),
            .. OnOneDisk(all),
            .. places.SelectMany(p => Exceptions(p, places)),
            .. await OfChannelsAsync(all.Count > 0, ct),
        ];
        return new(Overall(lines, exceptions, running), Headline(lines, exceptions),
            [.. exceptions.OrderByDescending(e => e.Level)], lines, running, places);
    }

    public Level LevelOf(BackupPlan plan, Repository? place, IReadOnlyList<Run> running) =>
        running.Any(r => r.PlanId == plan.Id && r.IsBackup) ? Level.Running : Proven(plan, place, clock.GetUtcNow());

    private IEnumerable<StatusItem> Exceptions(Repository place, IReadOnlyList<Repository> places)
    {
        if (place.Maintenance.Damage is not null)
        {
            yield return new(Level.Failed, Texts.Damaged(place.Name), Texts.CheckFoundStoredData, Texts.Repair,
                $"/repositories/{place.Id}/repair");
        }

        if (place.Trouble is { } trouble)
        {
            yield return new(Level.Failed, Texts.CannotReached(place.Name), trouble.Why, Texts.Look, $"/repositories/{place.Id}");
        }

        if (place.RecoveryConfirmedAt is null)
        {
            yield return new(Level.Warning, Texts.RecoveryKitNotProven(place.Name), Texts.WithoutPasswordNobodyCan,
                Texts.Prove, $"/repositories/{place.Id}/recovery");
        }

        var now = clock.GetUtcNow();
        if (MaintenanceAge.Check(place, now) is var check and not MaintenanceState.Fine)
        {
            Text what = place.Maintenance.Check is null
                ? Texts.NeverChecked(place.Name)
                : check == MaintenanceState.Due ? Texts.CheckDue(place.Name)
                : Texts.CheckOverdue(place.Name);
            yield return new(check == MaintenanceState.Due ? Level.Warning : Level.Overdue, what,
                Text.Of(MaintenanceText.WhyCheck(place, now), MaintenanceText.WhatFor),
                Texts.Check,
                $"/repositories/{place.Id}/maintenance");
        }

        if (MaintenanceAge.Prune(place, now) is var prune and not MaintenanceState.Fine)
        {
            yield return new(Level.Warning,
                Texts.PruneDue(place.Name, prune == MaintenanceState.Due),
                MaintenanceText.WhyPrune(place, now),
                Texts.Prune,
                $"/repositories/{place.Id}/maintenance");
        }

        if (places.FirstOrDefault(p => p.Id == place.CopyOfId) is { } source && place.IsBehind(source)
            && now - (place.CopiedAt ?? place.CreatedAt) > RepositoryWatch.CopiedWithin)
        {
            yield return new(Level.Warning, Texts.CopyBehind(place.Name),
                Texts.NewerSnapshotsNotIn(source.Name),
                Texts.Copy,
                $"/repositories/{place.Id}/maintenance");
        }
    }

    private static Level Overall(List<PlanLine> lines, StatusItem[] exceptions, IReadOnlyList<Run> running) =>
        lines.Count == 0 ? Level.Empty
        : exceptions.Select(e => e.Level).Where(l => l >= Level.Warning).DefaultIfEmpty(Level.Empty).Max() is var worst
        and not Level.Empty ? worst
        : lines.Any(l => l.Level == Level.Waiting) ? Level.Waiting
        : running.Any(r => !r.DryRun) ? Level.Running : Level.Safe;

    private Text Headline(List<PlanLine> lines, StatusItem[] exceptions)
    {
        var proven = lines.ToLookup(l => Proven(l.Plan, clock.GetUtcNow()), l => l.Level);
        var (failed, warned, waiting) = (proven[Level.Failed].Count(),
            proven[Level.Warning].Count() + proven[Level.Missed].Count(), proven[Level.Waiting].Count());
        return lines.Count == 0 ? Texts.NothingBackedUpYet
            : failed > 0 ? Texts.PlanFailedLastTime(failed, lines.Count)
            : proven[Level.Overdue].Any() ? DigestText.Title(lines.Count, proven[Level.Overdue].Count())
            : warned > 0 ? Texts.PlanNeedsLook(warned, lines.Count)
            : waiting > 0 && proven[Level.Waiting].All(l => l == Level.Running) ? waiting == 1
            ? Texts.FirstBackupRunning : Texts.FirstBackupsRunning
            : waiting > 0 ? Texts.PlanNeverRun(waiting, lines.Count)
            : exceptions.Count(e => e.Level >= Level.Warning) is > 0 and var left
                ? left == 1 ? Texts.YourFilesBackedUp : Texts.YourFilesBackedUpThings(left)
            : lines.Count == 1 ? Texts.YourBackupPlanSafe : Texts.AllPlanSafe(lines.Count);
    }
}
