using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Overview;

/// <summary>What the badge of a plan shows.</summary>
public static class PlanStatus
{
    /// <summary>Whatever runs now.</summary>
    public static StatusKind Of(BackupPlan plan, Repository? place, DateTimeOffset now) => Of(StatusBoard.Proven(plan, place, now));

    public static StatusKind Of(Level level) => level switch
    {
        Level.Safe => StatusKind.Safe,
        Level.Saved => StatusKind.Saved,
        Level.Running => StatusKind.Running,
        Level.Warning => StatusKind.Warning,
        Level.Missed => StatusKind.Missed,
        Level.Overdue => StatusKind.Overdue,
        Level.Failed => StatusKind.Failed,
        _ => StatusKind.Unproven,
    };
}
