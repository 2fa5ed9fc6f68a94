using System.Globalization;
using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Anomalies;

/// <summary>What a successful backup is compared by. Counts, bytes, seconds.</summary>
/// <param name="FilesRemoved">Against the snapshot before it; restic does not say it.</param>
public sealed record RunFigures(long FilesNew, long FilesChanged, long FilesRemoved, long FilesTotal, long BytesTotal,
    long BytesAdded, long BytesStored, double Seconds)
{
    /// <param name="before">Files of the snapshot before this one; null: there was none.</param>
    public static RunFigures Of(BackupMode mode, RunResult result, TimeSpan took, long? before) => new(
        result.FilesNew,
        result.FilesChanged,
        // A full run calls every file new, so only the shrinking shows.
        before is not { } had ? 0
            : Math.Max(0,
                mode == BackupMode.Full ? had - result.FilesTotal : had + result.FilesNew - result.FilesTotal),
        result.FilesTotal,
        result.BytesTotal,
        result.BytesAdded,
        result.BytesStored,
        took.TotalSeconds);
}

/// <param name="Text">What was unusual, and what is usual.</param>
public sealed record AnomalyFound(AnomalyMeasure Measure, double Value, double Median, Text Text);

/// <summary>
/// Whether a backup is unlike the plan's own history: its last 30 successful runs of the same mode, at least 10. A
/// value is unusual when it is far from the median (in units of the median absolute deviation), far beyond what all but
/// one of those runs had, and large enough to matter.
/// </summary>
public static class AnomalyRules
{
    public const int Fewest = 10, Most = 30;

    private const double Deviations = 6, BeyondUsual = 3;

    /// <summary>Turns the median absolute deviation into a standard deviation.</summary>
    private const double Normal = 1.4826;

    private const long MinBytes = 10L << 20, MinNewData = 16L << 20, TellingNewData = 256L << 10;
    private const double MinSeconds = 300, MinSizeChange = 0.25, MinNewShare = 0.2, Incompressible = 0.93;

    /// <param name="history">Newest first, without <paramref name="now"/>.</param>
    /// <param name="compresses">restic was asked to compress; without, nothing can be said about the kind of the new data.</param>
    public static IReadOnlyList<AnomalyFound> Find(IReadOnlyList<RunFigures> history, RunFigures now, bool compresses)
    {
        var known = history.Take(Most).ToList();
        return known.Count < Fewest ? [] : [.. All(known, now, compresses).OfType<AnomalyFound>()];
    }

    private static IEnumerable<AnomalyFound?> All(List<RunFigures> history, RunFigures now, bool compresses)
    {
        var matters = Matters(Math.Max(now.FilesTotal, history[0].FilesTotal));
        yield return TooMany(AnomalyMeasure.FilesNew, history.ConvertAll(r => (double)r.FilesNew), now.FilesNew,
            matters, Texts.ManyFilesNew);
        yield return TooMany(AnomalyMeasure.FilesChanged, history.ConvertAll(r => (double)r.FilesChanged),
            now.FilesChanged, matters, Texts.ManyFilesChanged);
        yield return TooMany(AnomalyMeasure.FilesRemoved, history.ConvertAll(r => (double)r.FilesRemoved),
            now.FilesRemoved, matters, Texts.ManyFilesRemoved);
        yield return Size(history, now);
        yield return Duration(history, now);
        yield return compresses ? Entropy(history, now) : null;
    }

    // Ten files of a thousand are no event, and half of a small plan is one.
    private static double Matters(long files) => files < 100 ? Math.Max(10, files / 2.0) : Math.Clamp(files * 0.05, 50, 2000);

    private static AnomalyFound? TooMany(
        AnomalyMeasure measure, List<double> history, double now, double matters, Func<TextArgument, TextArgument, Text> said)
    {
        var median = Median(history);
        return now - median >= matters && IsFar(history, now, floor: 1) && now > BeyondUsual * UsualMost(history)
            ? new(measure, now, median, said(Count(now), median < 0.5 ? 0 : Count(median)))
            : null;
    }

    // A plan that grows is not unusual for being larger than ever: the step is compared with the steps before it.
    private static AnomalyFound? Size(List<RunFigures> history, RunFigures now)
    {
        var steps = history.Zip(history.Skip(1), (newer, older) => (double)(newer.BytesTotal - older.BytesTotal)).ToList();
        var step = now.BytesTotal - history[0].BytesTotal;
        var sizes = history.ConvertAll(r => (double)r.BytesTotal);
        return Math.Abs(step) >= Math.Max(MinBytes, MinSizeChange * history[0].BytesTotal)
            && IsFar(steps, step, floor: 0.01 * history[0].BytesTotal)
            && Math.Abs(step) > BeyondUsual * UsualMost(steps.ConvertAll(Math.Abs))
            ? new(AnomalyMeasure.Size, now.BytesTotal, Median(sizes),
                Texts.HoldsAnotherSize(Bytes(now.BytesTotal), Bytes(history[0].BytesTotal)))
            : null;
    }

    private static AnomalyFound? Duration(List<RunFigures> history, RunFigures now)
    {
        var seconds = history.ConvertAll(r => r.Seconds);
        var median = Median(seconds);
        return now.Seconds - median >= MinSeconds && IsFar(seconds, now.Seconds, floor: 0.1 * median)
            && now.Seconds > BeyondUsual * UsualMost(seconds)
            ? new(AnomalyMeasure.Duration, now.Seconds, median, Texts.TookLong(Span(now.Seconds), Span(median)))
            : null;
    }

    // Encrypted data cannot be compressed. A single film cannot, either: so it must be much of what the plan holds.
    private static AnomalyFound? Entropy(List<RunFigures> history, RunFigures now)
    {
        var told = history.Where(r => r.BytesAdded >= TellingNewData).Select(Kept).ToList();
        if (told.Count < Fewest / 2 || now.BytesAdded < Math.Max(MinNewData, MinNewShare * now.BytesTotal))
        {
            return null;
        }

        var (share, median) = (Kept(now), Median(told));
        return share >= Incompressible && share - median >= 0.1 && IsFar(told, share, floor: 0.02)
            ? new(AnomalyMeasure.Entropy, share, median, Texts.CouldNotBeCompressed(Percent(share), Percent(median)))
            : null;
    }

    private static double Kept(RunFigures run) => Math.Min(1, (double)run.BytesStored / run.BytesAdded);

    private static bool IsFar(IReadOnlyCollection<double> history, double now, double floor)
    {
        var median = Median(history);
        var deviation = Normal * Median([.. history.Select(h => Math.Abs(h - median))]);
        return Math.Abs(now - median) > Deviations * Math.Max(deviation, floor);
    }

    // The second highest: one odd day, looked at and found right, must not blind for the next 30.
    private static double UsualMost(IReadOnlyCollection<double> history) => history.OrderDescending().ElementAt(1);

    private static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => $"{Math.Round(share * 100).ToString(CultureInfo.InvariantCulture)} %";

    private static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var at = 0;
        for (; bytes >= 1024 && at < units.Length - 1; at++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.##} {units[at]}");
    }

    private static Text Span(double seconds) =>
        seconds < 90 ? Texts.Seconds(Count(seconds)) : seconds < 5400 ? Texts.Minutes(Count(seconds / 60))
            : Texts.Hours(TextArgument.Of(seconds / 3600, "0.#"));
}
