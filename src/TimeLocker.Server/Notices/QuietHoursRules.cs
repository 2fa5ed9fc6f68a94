using TimeLocker.Core;

namespace TimeLocker.Server.Notices;

/// <summary>Hours in which a channel tells only of errors.</summary>
internal static class QuietHoursRules
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Week = TimeSpan.FromDays(7);

    /// <returns>When the quiet hours that it is now in end; null: it is not quiet.</returns>
    public static DateTimeOffset? End(IReadOnlyList<TimeWindow> windows, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!Covered(windows, now, zone))
        {
            return null;
        }

        // Minute by minute in real time: right through every change of the clocks.
        var next = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Minute.Ticks), TimeSpan.Zero) + Minute;
        while (Covered(windows, next, zone) && next - now < Week)
        {
            next += Minute;
        }

        return next;
    }

    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public static List<TimeWindow> Checked(IReadOnlyList<TimeWindow> given)
    {
        if (given.Any(w => w.Days.Count == 0))
        {
            throw ProblemException.Invalid(Problems.TheseQuietHoursCannot);
        }

        if (given.Count > 20)
        {
            throw ProblemException.Invalid(Problems.TheseQuietHoursCannotJoin);
        }

        var monday = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        if (given.Count > 0 && Enumerable.Range(0, 7 * 24 * 60).All(minute => given.Any(w => w.Covers(monday.AddMinutes(minute)))))
        {
            throw ProblemException.Invalid(Problems.TheseQuietHoursCannotLeave);
        }

        return [.. given.Select(w => w with { Days = [.. w.Days.Distinct()] })];
    }

    private static bool Covered(IReadOnlyList<TimeWindow> windows, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        return windows.Any(w => w.Covers(local));
    }
}
