using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Repositories;

/// <summary>What a repository waits for, in words.</summary>
public static class MaintenanceText
{
    public static readonly Sentence WhatFor = "Only a check finds damage, and the sooner it is found the more can be saved.";

    /// <summary>For a badge; null: nothing is due.</summary>
    public static (StatusKind Kind, Sentence Text)? Check(Repository place, DateTimeOffset now) =>
        Of(
            MaintenanceAge.Check(place, now),
            place.Maintenance.Check is null ? "Never checked" : "Check due",
            place.Maintenance.Check is null ? "Never checked" : "Check overdue");

    public static (StatusKind Kind, Sentence Text)? Prune(Repository place, DateTimeOffset now) => Of(MaintenanceAge.Prune(place, now), "Prune due", "Prune overdue");

    /// <summary>A sentence about a check that is due.</summary>
    public static Sentence WhyCheck(Repository place, DateTimeOffset now) => place.Maintenance.Check switch
    {
        null => "Nobody has ever looked whether it is whole.",
        { } check when !MaintenanceAge.HasLooked(place.Maintenance, check) => "Its last check did not come to its end.",
        { } check when place.MaintenanceSchedules.Any(c => c.Kind == RunKind.Check) => $"Its last check was {Ago(now - check.At)}, and what was planned since did not happen.",
        { } check => $"Its last check was {Ago(now - check.At)}, and no other is planned.",
    };

    public static Sentence WhyPrune(Repository place, DateTimeOffset now) =>
        $"Snapshots were removed {Ago(now - place.Maintenance.Removal!.At)}; their data takes room until a prune"
            + $"{(place.MaintenanceSchedules.Any(c => c.Kind == RunKind.Prune) ? "." : ", and none is planned.")}";

    private static (StatusKind, Sentence)? Of(MaintenanceState state, Sentence due, Sentence overdue) => state switch
    {
        MaintenanceState.Due => (StatusKind.Warning, due),
        MaintenanceState.Overdue => (StatusKind.Overdue, overdue),
        _ => null,
    };

    private static Sentence Ago(TimeSpan age) => age.TotalDays < 2 ? "a day ago" : $"{(int)age.TotalDays} days ago";
}
