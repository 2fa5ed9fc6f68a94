namespace TimeLocker.Core.Plans;

/// <summary>
/// How old a plan's last good backup may be. Told from what is stored and the time alone, so it holds when the
/// scheduler is what stopped.
/// </summary>
public static class TargetAge
{
    /// <summary>A plan for which nobody has set a target is old after this; it is never called overdue.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromDays(7);

    /// <summary>The moment from which the plan is overdue unless a good backup ends before; null: it has no target.</summary>
    public static DateTimeOffset? DueBy(BackupPlan plan) =>
        plan is { TargetHours: { } hours, ArchivedAt: null } ? (plan.LastSuccessAt ?? plan.CreatedAt).AddHours(hours)
            : null;

    public static bool IsOverdue(BackupPlan plan, DateTimeOffset now) => DueBy(plan) < now;

    /// <summary>Whether its last good backup is as young as it should be; a new plan has its time.</summary>
    public static bool IsMet(BackupPlan plan, DateTimeOffset now) =>
        now <= (DueBy(plan) ?? (plan.LastSuccessAt ?? plan.CreatedAt) + Old);
}
