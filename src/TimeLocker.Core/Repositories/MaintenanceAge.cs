using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Repositories;

public enum MaintenanceState { Fine, Due, Overdue }

/// <summary>
/// Whether a repository waits for a check or a prune. Told from what is stored and the time alone, as
/// <see cref="Plans.TargetAge"/> is for plans: so it holds for a repository without any schedule, and when the
/// scheduler is what stopped.
/// </summary>
public static class MaintenanceAge
{
    /// <summary>Where nothing is scheduled, so long after the last one the next is due.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromDays(7);

    /// <summary>A slot may be made up for so late: a computer that is off on Sunday is on again by then.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(2);

    /// <summary>What is due for so long is overdue.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(14);

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(800);

    public static MaintenanceState Check(Repository place, DateTimeOffset now) => State(CheckDueBy(place), now);

    public static MaintenanceState Prune(Repository place, DateTimeOffset now) => State(PruneDueBy(place), now);

    /// <summary>From when on a check is due; null: there is nothing in it yet.</summary>
    public static DateTimeOffset? CheckDueBy(Repository place) => place.Maintenance.Check switch
    {
        null when place.SnapshotCount == 0 => null,
        null => DueBy(place, RunKind.Check, place.CreatedAt, TimeSpan.Zero),
        { } last when HasLooked(place.Maintenance, last) => DueBy(place, RunKind.Check, last.At, Usual),
        { } failed => failed.At, // it came to no end: what it should have found is not known
    };

    /// <summary>From when on a prune is due; null: it would free nothing, or nothing can be removed there.</summary>
    public static DateTimeOffset? PruneDueBy(Repository place) =>
        NeedsPrune(place) ? DueBy(place, RunKind.Prune, place.Maintenance.Removal!.At, Usual) : null;

    /// <summary>Snapshots were removed, and their data still takes room.</summary>
    public static bool NeedsPrune(Repository place) => !place.AppendOnly && place.Maintenance.Removal is { } removal
        && !(place.Maintenance.Prune is { Outcome: RunOutcome.Succeeded } prune && prune.At >= removal.At);

    /// <summary>Whether the last check came to an end, well or not.</summary>
    public static bool HasLooked(MaintenanceRecord maintenance, MaintenanceMark check) =>
        check.Outcome == RunOutcome.Succeeded || maintenance.Damage?.RunId == check.RunId;

    private static MaintenanceState State(DateTimeOffset? due, DateTimeOffset now) =>
        due is not { } by || now < by ? MaintenanceState.Fine : now < by + Patience ? MaintenanceState.Due
            : MaintenanceState.Overdue;

    private static DateTimeOffset DueBy(Repository place, RunKind kind, DateTimeOffset last, TimeSpan without) =>
        place.MaintenanceSchedules
            .Where(c => c.Kind == kind)
            .Select(c => c.When.Slots(last, last + Ahead).Cast<DateTimeOffset?>().FirstOrDefault())
            .Min() is { } slot ? slot + Grace : last + without;
}
