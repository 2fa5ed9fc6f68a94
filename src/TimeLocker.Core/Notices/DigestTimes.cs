using System.Globalization;

namespace TimeLocker.Core.Notices;

/// <summary>When a digest is made: at one hour of every day, or of every Monday.</summary>
public static class DigestTimes
{
    /// <summary>
    /// The last moment, up to now, at which a digest was due. In a gap of the clock it is the first valid time after
    /// it.
    /// </summary>
    public static DateTimeOffset Last(DigestRhythm rhythm, TimeOnly hour, TimeZoneInfo zone, DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        while (!Begins(rhythm, day) || At(day, hour, zone) > now)
        {
            day = day.AddDays(-1);
        }

        return At(day, hour, zone);
    }

    public static DateTimeOffset Next(DigestRhythm rhythm, TimeOnly hour, TimeZoneInfo zone, DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        while (!Begins(rhythm, day) || At(day, hour, zone) <= now)
        {
            day = day.AddDays(1);
        }

        return At(day, hour, zone);
    }

    /// <summary>Of the day on which it is due: a digest is never told twice.</summary>
    public static string Key(DigestRhythm rhythm, DateTimeOffset due, TimeZoneInfo zone)
    {
        var day = TimeZoneInfo.ConvertTime(due, zone).DateTime;
        return rhythm == DigestRhythm.Weekly
            ? $"digest:weekly:{ISOWeek.GetYear(day)}-W{ISOWeek.GetWeekOfYear(day):00}"
            : $"digest:daily:{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
    }

    private static bool Begins(DigestRhythm rhythm, DateOnly day) =>
        rhythm != DigestRhythm.Weekly || day.DayOfWeek == DayOfWeek.Monday;

    private static DateTimeOffset At(DateOnly day, TimeOnly hour, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(hour);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
