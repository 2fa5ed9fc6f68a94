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
public sealed record StatusItem(Level Level, Sentence What, Sentence Why, Sentence Button, string Link)
{
    /// <summary>The button with which an Admin ends it for good, where that makes sense.</summary>
    public Sentence? Dismiss { get; init; }
}

/// <summary>A plan and its last days.</summary>
/// <param name="Days">The last 30 days, oldest first; a day without a run is not in it.</param>
public sealed record PlanLine(BackupPlan Plan, string Repository, Level Level, IReadOnlyList<PlanDay> Days);

/// <summary>Whether all is safe, and what is not.</summary>
public sealed record Status(Level Level, Sentence Sentence, IReadOnlyList<StatusItem> Exceptions, IReadOnlyList<PlanLine> Plans, IReadOnlyList<Run> Running, IReadOnlyList<Repository> Repositories);

/// <summary>Are we safe? Answered from counters that are kept when runs end, so it costs the same after ten years.</summary>
public sealed partial class StatusBoard(PlanCatalog plans, RepositoryCatalog repositories, RunFeed feed, IDbContextFactory<TimeLockerDb> databases, IScheduleHealth schedule, IClockTrust trust, DatabaseWatch database, TimeProvider clock)
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
        return new(Overall(lines, exceptions, running), Headline(lines, exceptions), [.. exceptions.OrderByDescending(e => e.Level)], lines, running, places);
    }

    public Level LevelOf(BackupPlan plan, Repository? place, IReadOnlyList<Run> running) =>
        running.Any(r => r.PlanId == plan.Id && r.IsBackup) ? Level.Running : Proven(plan, place, clock.GetUtcNow());

    private IEnumerable<StatusItem> Exceptions(Repository place, IReadOnlyList<Repository> places)
    {
        if (place.Maintenance.Damage is not null)
        {
            yield return new(Level.Failed, $"“{place.Name}” is damaged.", "A check found stored data that is not what was written.", "Repair", $"/repositories/{place.Id}/repair");
        }

        if (place.Trouble is { } trouble)
        {
            yield return new(Level.Failed, $"“{place.Name}” cannot be reached.", trouble.WhySentence, "Look", $"/repositories/{place.Id}");
        }

        if (place.RecoveryConfirmedAt is null)
        {
            yield return new(Level.Warning, $"The recovery kit of “{place.Name}” is not proven.", "Without its password nobody can restore from it when this computer is gone.", "Prove it", $"/repositories/{place.Id}/recovery");
        }

        var now = clock.GetUtcNow();
        if (MaintenanceAge.Check(place, now) is var check and not MaintenanceState.Fine)
        {
            Sentence what = place.Maintenance.Check is null
                ? $"“{place.Name}” has never been checked."
                : check == MaintenanceState.Due ? $"A check of “{place.Name}” is due."
                : $"The check of “{place.Name}” is overdue.";
            yield return new(check == MaintenanceState.Due ? Level.Warning : Level.Overdue, what,
                $"{MaintenanceText.WhyCheck(place, now)} {MaintenanceText.WhatFor}",
                "Check",
                $"/repositories/{place.Id}/maintenance");
        }

        if (MaintenanceAge.Prune(place, now) is var prune and not MaintenanceState.Fine)
        {
            yield return new(Level.Warning,
                $"A prune of “{place.Name}” is {(prune == MaintenanceState.Due ? "due" : "overdue")}.",
                MaintenanceText.WhyPrune(place, now),
                "Prune",
                $"/repositories/{place.Id}/maintenance");
        }

        if (places.FirstOrDefault(p => p.Id == place.CopyOfId) is { } source && place.IsBehind(source) && now - (place.CopiedAt ?? place.CreatedAt) > RepositoryWatch.CopiedWithin)
        {
            yield return new(Level.Warning, $"The copy “{place.Name}” is behind.",
                $"Newer snapshots of “{source.Name}” are not in it.",
                "Copy",
                $"/repositories/{place.Id}/maintenance");
        }
    }

    private static Level Overall(List<PlanLine> lines, StatusItem[] exceptions, IReadOnlyList<Run> running) =>
        lines.Count == 0 ? Level.Empty
        : exceptions.Select(e => e.Level).Where(l => l >= Level.Warning).DefaultIfEmpty(Level.Empty).Max() is var worst and not Level.Empty ? worst
        : lines.Any(l => l.Level == Level.Waiting) ? Level.Waiting
        : running.Any(r => !r.DryRun) ? Level.Running : Level.Safe;

    private Sentence Headline(List<PlanLine> lines, StatusItem[] exceptions)
    {
        var proven = lines.ToLookup(l => Proven(l.Plan, clock.GetUtcNow()), l => l.Level);
        var (failed, warned, waiting) = (proven[Level.Failed].Count(), proven[Level.Warning].Count() + proven[Level.Missed].Count(), proven[Level.Waiting].Count());
        return lines.Count == 0 ? "Nothing is backed up yet."
            : failed > 0 ? $"{failed} of {lines.Count} {(lines.Count == 1 ? "plan" : "plans")} failed last time."
            : proven[Level.Overdue].Any() ? DigestText.Title(lines.Count, proven[Level.Overdue].Count())
            : warned > 0 ? $"{warned} of {lines.Count} {(lines.Count == 1 ? "plan" : "plans")} {(warned == 1 ? "needs" : "need")} a look."
            : waiting > 0 && proven[Level.Waiting].All(l => l == Level.Running) ? waiting == 1 ? "The first backup is running." : "The first backups are running."
            : waiting > 0 ? $"{waiting} of {lines.Count} {(lines.Count == 1 ? "plan" : "plans")} {(waiting == 1 ? "has" : "have")} never run."
            : exceptions.Count(e => e.Level >= Level.Warning) is > 0 and var left
                ? left == 1 ? "Your files are backed up; one thing is left to do." : $"Your files are backed up; {left} things are left to do."
            : lines.Count == 1 ? "Your backup plan is safe." : $"All {lines.Count} {(lines.Count == 1 ? "plan" : "plans")} are safe.";
    }
}
