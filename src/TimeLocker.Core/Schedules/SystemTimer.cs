namespace TimeLocker.Core.Schedules;

/// <summary>Which scheduler of the system.</summary>
public enum TimerKind { Systemd, Cron }

/// <summary>
/// A plan that the system's own scheduler starts: <c>timelocker backup</c> is called from outside, TimeLocker only
/// watches that it is.
/// </summary>
public sealed record SystemTimer(TimerKind Kind, bool System, DateTimeOffset InstalledAt)
{
    public DateTimeOffset? CalledAt { get; init; }

    /// <summary>When it rings: the plan's schedules as they were written into it. Empty: nobody knows.</summary>
    public IReadOnlyList<Schedule> Rings { get; init; } = [];
}
