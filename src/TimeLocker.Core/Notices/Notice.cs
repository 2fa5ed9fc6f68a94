namespace TimeLocker.Core.Notices;

// Alive is never a notice: it is the sign of life that a channel may be asked to send.
/// <summary>What happened.</summary>
public enum NoticeEvent
{
    Succeeded, Warned, Failed, Missed, Skipped, Overdue, Recovered, Anomaly, RetentionPending, Damaged, Unreachable,
    CopyBehind, CheckOverdue, LowSpace, SchedulerStopped, TimerSilent, ClockJumped, Digest, Test, Alive, NotDelivered, PluginOff,
}

/// <summary>How bad it is.</summary>
public enum NoticeLevel { Info, Warning, Error }

/// <summary>Something that people may want to hear: shown at the bell, and sent to the channels whose rules ask for it.</summary>
public sealed class Notice
{
    /// <summary>Version 7: sorts by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>Unique: the same event is never told twice ("run:0199…:failed", "overdue:plan:0199…:2026-11-23").</summary>
    public required string Key { get; init; }
    public required NoticeEvent Event { get; init; }
    public required NoticeLevel Level { get; init; }

    /// <summary>
    /// One sentence; then what, why and the next step. No secrets; names of files are left out, as it leaves the house.
    /// </summary>
    public required Text Title { get; init => field = value.WithoutNames(); }
    public Text Text { get; init => field = value.WithoutNames(); } = Text.Empty;

    /// <summary>Within the dashboard, beginning with "/".</summary>
    public string Link { get; init; } = "/";
    public required DateTimeOffset At { get; init; }
    public Guid? PlanId { get; init; }
    public Guid? RepositoryId { get; init; }
    public Guid? RunId { get; init; }

    /// <summary>How many times in a row this plan had this event; 1 for others.</summary>
    public int InARow { get; init; } = 1;
}
