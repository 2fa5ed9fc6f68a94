using TimeLocker.Core;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>Rules as sentences.</summary>
public static class RuleText
{
    private const int MostNamed = 2;

    /// <summary>For a list of choices: "A backup failed".</summary>
    public static Text Choice(NoticeEvent what) => Texts.EventChoice(TextArgument.Of(what));

    public static Text Digest(DigestRhythm rhythm) => Texts.SummaryChoice(TextArgument.Of(rhythm));

    /// <summary>What goes on after who is told: "when a backup failed or was missed; and send the daily summary".</summary>
    public static Text What(NoticeRule rule) =>
        rule.Events.Count == 0 ? rule.Digest == DigestRhythm.None ? Text.Empty : Texts.TheSummary(TextArgument.Of(rule.Digest))
        : rule.Digest == DigestRhythm.None ? When(rule.Events, rule.FromTheTime)
        : Texts.SendSummary(When(rule.Events, rule.FromTheTime), TextArgument.Of(rule.Digest));

    /// <summary>What a rule is called that nobody gave a name; stored, in the language of whoever makes it.</summary>
    public static string Name(IReadOnlyList<NoticeEvent> events, DigestRhythm digest)
    {
        IEnumerable<Text> named = events.Take(MostNamed).Select(Choice), more = events.Skip(MostNamed).Select(Choice);
        List<Text> first = [.. named, .. digest == DigestRhythm.None ? (Text[])[] : [Digest(digest)]];
        var name = ShortList.Of([.. first, .. more], first.Count).Full;
        return name.Length <= Label.Longest ? name : name[..(Label.Longest - 1)] + "…";
    }

    public static Text Ordinal(int n) =>
        Texts.Ordinal(n, n % 100 is 11 or 12 or 13 ? "th" : (n % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });

    private static Text When(IReadOnlyList<NoticeEvent> events, int fromTheTime)
    {
        var happened = TextList.Or([.. events.Select(e => Texts.EventInSentence(TextArgument.Of(e)))]);
        return fromTheTime > 1 ? Texts.WhenHappenedInARow(happened, Ordinal(fromTheTime)) : Texts.WhenHappened(happened);
    }
}
