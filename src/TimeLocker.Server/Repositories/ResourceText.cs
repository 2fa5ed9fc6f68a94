using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Repositories;

/// <summary>Rules for resources in a few words, one line each.</summary>
public static class ResourceText
{
    public static IEnumerable<Text> Lines(ResourceRules rules)
    {
        if (rules.Upload + rules.Download > 0)
        {
            yield return Pace(rules.Upload, rules.Download);
        }

        foreach (var window in rules.Windows)
        {
            yield return Texts.PaceInHours(Hours(window), Pace(window.Upload, window.Download));
        }

        if (rules.Priority != Priority.Normal)
        {
            yield return Texts.PriorityLine(TextArgument.Of(rules.Priority));
        }

        if (rules.ReadConcurrency > 0)
        {
            yield return Texts.FilesAtOnce(rules.ReadConcurrency);
        }

        if (rules.Processors > 0)
        {
            yield return Texts.ProcessorsLine(rules.Processors);
        }

        if (rules.PackSize > 0)
        {
            yield return Texts.PacksOf(rules.PackSize);
        }
    }

    /// <summary>"Mo–Fr 08:00–18:00".</summary>
    public static Text Hours(TimeWindow window) =>
        Texts.HoursOfDays(Days(window.Days), TextArgument.Of(window.From, "HH\\:mm"), TextArgument.Of(window.To, "HH\\:mm"));

    private static Text Pace(int upload, int download) => (upload, download) switch
    {
        (0, 0) => Texts.NoLimitChoice,
        (_, 0) => Texts.UpText(Sizes.Bytes(upload * 1024L)),
        (0, _) => Texts.DownText(Sizes.Bytes(download * 1024L)),
        _ => Texts.UpAndDown(Sizes.Bytes(upload * 1024L), Sizes.Bytes(download * 1024L)),
    };

    private static Text Days(IReadOnlyList<DayOfWeek> days) => days.Count == 7 ? Texts.EveryDay
        : ResourceDraft.Week.Take(5).SequenceEqual(ResourceDraft.Week.Where(days.Contains)) ? Texts.Weekdays
        : TextList.Commas([.. ResourceDraft.Week.Where(days.Contains).Select(Short)]);

    /// <summary>"Mo".</summary>
    public static Text Short(DayOfWeek day) => Texts.ShortDay(TextArgument.Of(day));
}
