using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Schedules;

/// <summary>From a time on a zone's clock to the moment when it comes.</summary>
public static class ZoneTime
{
    /// <summary>
    /// The moment when the clock shows this time: the first, if it shows it twice; the end of the gap, if it skips it.
    /// </summary>
    public static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        var naive = new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.Zero);
        var (before, after) = (zone.GetUtcOffset(naive.AddDays(-1)), zone.GetUtcOffset(naive.AddDays(1)));
        var (early, late) = before > after ? (naive - before, naive - after) : (naive - after, naive - before);
        return zone.GetUtcOffset(early) == naive - early ? early
            : zone.GetUtcOffset(late) == naive - late ? late
            : Jump(naive.AddDays(-1), naive.AddDays(1), zone);
    }

    public static DateTime Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    /// <summary>
    /// A zone by its name. One that this computer does not know (any more) is UTC: a backup at another hour is better
    /// than none of any plan.
    /// </summary>
    public static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    // The clock jumps once in between; zones change on whole seconds.
    private static DateTimeOffset Jump(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone)
    {
        var before = zone.GetUtcOffset(from);
        while (until - from > TimeSpan.FromSeconds(1))
        {
            var middle = from + TimeSpan.FromSeconds(Math.Floor((until - from).TotalSeconds / 2));
            (from, until) = zone.GetUtcOffset(middle) == before ? (middle, until) : (from, middle);
        }

        return until;
    }
}
