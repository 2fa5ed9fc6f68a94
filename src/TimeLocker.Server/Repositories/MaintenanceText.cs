using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Repositories;

/// <summary>What a repository waits for, in words.</summary>
public static class MaintenanceText
{
    public static readonly Text WhatFor = Texts.OnlyCheckFindsDamage;

    /// <summary>For a badge; null: nothing is due.</summary>
    public static (StatusKind Kind, Text Text)? Check(Repository place, DateTimeOffset now) =>
        Of(
            MaintenanceAge.Check(place, now),
            place.Maintenance.Check is null ? Texts.NeverChecked : Texts.CheckDue,
            place.Maintenance.Check is null ? Texts.NeverChecked : Texts.CheckOverdue);

    public static (StatusKind Kind, Text Text)? Prune(Repository place, DateTimeOffset now) =>
        Of(MaintenanceAge.Prune(place, now), Texts.PruneDue, Texts.PruneOverdue);

    /// <summary>A sentence about a check that is due.</summary>
    public static Text WhyCheck(Repository place, DateTimeOffset now) => place.Maintenance.Check switch
    {
        null => Texts.NobodyEverLookedWhether,
        { } check when !MaintenanceAge.HasLooked(place.Maintenance, check) => Texts.LastCheckDidNot,
        { } check when place.MaintenanceSchedules.Any(c => c.Kind == RunKind.Check) =>
            Texts.LastCheckWhatPlanned(Ago(now - check.At)),
        { } check => Texts.LastCheckNoOther(Ago(now - check.At)),
    };

    public static Text WhyPrune(Repository place, DateTimeOffset now) =>
        Texts.SnapshotsRemovedTheirData(Ago(now - place.Maintenance.Removal!.At),
            place.MaintenanceSchedules.Any(c => c.Kind == RunKind.Prune));

    private static (StatusKind, Text)? Of(MaintenanceState state, Text due, Text overdue) => state switch
    {
        MaintenanceState.Due => (StatusKind.Warning, due),
        MaintenanceState.Overdue => (StatusKind.Overdue, overdue),
        _ => null,
    };

    private static Text Ago(TimeSpan age) => age.TotalDays < 2 ? Texts.DayAgo : Texts.DaysAgo((int)age.TotalDays);
}
