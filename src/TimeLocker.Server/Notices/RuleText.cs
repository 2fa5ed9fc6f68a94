using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>Rules as sentences.</summary>
public static class RuleText
{
    /// <summary>For a list of choices: "A backup failed".</summary>
    public static string Choice(NoticeEvent what) => what switch
    {
        NoticeEvent.Succeeded => "A backup went well",
        NoticeEvent.Warned => "A backup left files out",
        NoticeEvent.Failed => "A backup failed",
        NoticeEvent.Missed => "A backup was missed",
        NoticeEvent.Skipped => "A backup was skipped on purpose",
        NoticeEvent.Overdue => "A plan has no good backup for too long",
        NoticeEvent.Recovered => "It works again",
        NoticeEvent.Anomaly => "A backup looks unusual",
        NoticeEvent.RetentionPending => "Old snapshots will be removed",
        NoticeEvent.Damaged => "Stored data is damaged",
        NoticeEvent.Unreachable => "A repository cannot be reached",
        NoticeEvent.CopyBehind => "A copy is behind",
        NoticeEvent.CheckOverdue => "A repository was not checked for too long",
        NoticeEvent.LowSpace => "Space runs out",
        NoticeEvent.SchedulerStopped => "TimeLocker's own clock stopped",
        NoticeEvent.TimerSilent => "A system timer is out of date",
        NoticeEvent.ClockJumped => "The computer's clock jumped",
        NoticeEvent.NotDelivered => "A message could not be delivered",
        NoticeEvent.PluginOff => "A plugin is off",
        _ => what.ToString(),
    };

    /// <summary>Within a sentence: "when a backup failed or was missed".</summary>
    public static string When(IReadOnlyList<NoticeEvent> events, int fromTheTime)
    {
        if (events.Count == 0)
        {
            return "";
        }

        var parts = events.Select(Choice).Select(c => char.ToLowerInvariant(c[0]) + c[1..]).Select(c => c.StartsWith("timeLocker", StringComparison.Ordinal) ? "T" + c[1..] : c).ToList();
        return $"when {Listed(parts, "or")}{(fromTheTime > 1 ? $", from the {Ordinal(fromTheTime)} time in a row" : "")}";
    }

    public static string Name(IReadOnlyList<NoticeEvent> events, DigestRhythm digest)
    {
        List<string> parts = [.. events.Take(2).Select(Choice), .. digest == DigestRhythm.None ? (string[])[] : [Digest(digest)]];
        var rest = events.Count - 2;
        return rest > 0 ? $"{string.Join(", ", parts)} and {rest} more" : string.Join(", ", parts);
    }

    public static string Digest(DigestRhythm rhythm) => rhythm switch { DigestRhythm.Daily => "Daily summary", DigestRhythm.Weekly => "Weekly summary", _ => "No summary" };

    public static string Listed(IReadOnlyList<string> parts, string last) => parts.Count switch
    {
        0 => "",
        1 => parts[0],
        _ => $"{string.Join(", ", parts.SkipLast(1))} {last} {parts[^1]}",
    };

    public static string Ordinal(int n) => n + (n % 100 is 11 or 12 or 13 ? "th" : (n % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });
}
