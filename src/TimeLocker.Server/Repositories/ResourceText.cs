using TimeLocker.Core.Repositories;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Repositories;

/// <summary>Rules for resources in a few words, one line each.</summary>
public static class ResourceText
{
    public static IEnumerable<string> Lines(ResourceRules rules)
    {
        if (rules.Upload + rules.Download > 0)
        {
            yield return Pace(rules.Upload, rules.Download);
        }

        foreach (var window in rules.Windows)
        {
            yield return $"{Hours(window)}: {Pace(window.Upload, window.Download)}";
        }

        if (rules.Priority != Priority.Normal)
        {
            yield return $"{rules.Priority} priority".ToLowerInvariant();
        }

        foreach (var (value, text) in ((int, string)[])[(rules.ReadConcurrency, $"{rules.ReadConcurrency} files read at once"), (rules.Processors, $"{rules.Processors} processors"), (rules.PackSize, $"packs of {rules.PackSize} MiB")])
        {
            if (value > 0)
            {
                yield return text;
            }
        }
    }

    /// <summary>"Mo–Fr 08:00–18:00".</summary>
    public static string Hours(Core.TimeWindow window) => $"{Days(window.Days)} {window.From:HH\\:mm}–{window.To:HH\\:mm}";

    private static string Pace(int upload, int download) => (upload, download) switch
    {
        (0, 0) => "no limit",
        (_, 0) => $"up {Sizes.Bytes(upload * 1024L)}/s",
        (0, _) => $"down {Sizes.Bytes(download * 1024L)}/s",
        _ => $"up {Sizes.Bytes(upload * 1024L)}/s, down {Sizes.Bytes(download * 1024L)}/s",
    };

    private static string Days(IReadOnlyList<DayOfWeek> days) => days.Count == 7 ? "every day"
        : ResourceDraft.Week.Take(5).SequenceEqual(ResourceDraft.Week.Where(days.Contains)) ? "Mo–Fr"
        : string.Join(", ", ResourceDraft.Week.Where(days.Contains).Select(day => day.ToString()[..2]));
}
