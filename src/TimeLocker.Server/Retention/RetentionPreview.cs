using TimeLocker.Core;
using TimeLocker.Core.Retention;

namespace TimeLocker.Server.Retention;

/// <summary>What becomes of one snapshot.</summary>
/// <param name="Key"><c>original ?? id</c>: what pins and removals hold on to.</param>
/// <param name="Reasons">Why it stays: restic's words, or what protects it; empty: it goes.</param>
/// <param name="PendingSince">It waits for its removal already.</param>
/// <param name="RemoveAfter">When it is removed, as things stand.</param>
public sealed record SnapshotDecision(string Id, string Key, DateTimeOffset Time, IReadOnlyList<string> Tags,
    IReadOnlyList<string> Reasons, DateTimeOffset? PendingSince, DateTimeOffset? RemoveAfter, bool Pinned)
{
    public long? Bytes { get; init; }

    /// <summary>The run that removes it now.</summary>
    public Guid? RunId { get; init; }
}

/// <summary>What a policy means for a plan's snapshots today.</summary>
/// <param name="Policy">Null: everything stays.</param>
/// <param name="Keep">Newest first.</param>
/// <param name="Remove">Newest first. They wait first, see <see cref="SnapshotDecision.RemoveAfter"/>.</param>
/// <param name="Blocked">Why nothing is marked or removed now.</param>
public sealed record RetentionPreview(Guid PlanId, RetentionPolicy? Policy, Guid? PolicyId, string? PolicyName,
    IReadOnlyList<SnapshotDecision> Keep, IReadOnlyList<SnapshotDecision> Remove, IReadOnlyList<string> Warnings,
    Problem? Blocked)
{
    /// <summary>So many would go at once that a person has to want it.</summary>
    public bool AsksFirst { get; init; }

    /// <summary>It keeps less than the plan's policy by some rule: only an Admin may set it.</summary>
    public bool KeepsLess { get; init; }
}

/// <summary>A day, and how many snapshots of it are kept.</summary>
public sealed record CalendarDay(DateOnly Day, int Snapshots);

/// <summary>A year of a plan: what each day holds, and what a chosen day will look like.</summary>
/// <param name="Days">From today on, for a year.</param>
/// <param name="Chosen">The day that was asked for, with its snapshots.</param>
/// <param name="PerDay">Backups a day, as the schedules say; 0: nothing is planned.</param>
public sealed record RetentionCalendar(IReadOnlyList<CalendarDay> Days, ForecastDay? Chosen, double PerDay);
