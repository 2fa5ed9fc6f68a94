using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>How a notice looks: shape, colour and words.</summary>
public static class NoticeText
{
    public static (string Css, string Icon) Of(NoticeLevel level) => level switch
    {
        NoticeLevel.Error => ("error", "failed"),
        NoticeLevel.Warning => ("warning", "warning"),
        _ => ("info", "info"),
    };

    public static string Word(NoticeEvent happened) => happened switch
    {
        NoticeEvent.Warned => "Files left out",
        NoticeEvent.Anomaly => "Unusual backup",
        NoticeEvent.RetentionPending => "Pending removal",
        NoticeEvent.Unreachable => "Not reachable",
        NoticeEvent.CopyBehind => "Copy behind",
        NoticeEvent.CheckOverdue => "Check overdue",
        NoticeEvent.LowSpace => "Low space",
        NoticeEvent.SchedulerStopped => "Scheduler stopped",
        NoticeEvent.TimerSilent => "System timer",
        NoticeEvent.ClockJumped => "Clock jumped",
        NoticeEvent.NotDelivered => "Not delivered",
        NoticeEvent.PluginOff => "Plugin off",
        _ => happened.ToString(),
    };
}
