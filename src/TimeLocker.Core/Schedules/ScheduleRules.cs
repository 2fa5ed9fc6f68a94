using System.Diagnostics.CodeAnalysis;
using Cronos;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Schedules;

/// <summary>
/// What schedules, hours and a target age may look like. Each answers with the cleaned value or a problem of kind
/// Invalid.
/// </summary>
public static class ScheduleRules
{
    public const int MostSchedules = 20, MostWindows = 50, LongestDelay = 720, LongestTarget = 8760, LongestCron = 250;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);

    // Years with every weekday on every date, and a leap day; so many slots show how close they come.
    private static readonly DateTime Sample = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        SampleEnd = new(2052, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private const int Sampled = 600;
    private static readonly Text Fields = Texts.FieldsMinuteHourDay;

    private static IEnumerable<DateTime> Week => Enumerable.Range(0, 7 * 24 * 60).Select(minute => Sample.AddMinutes(minute));

    public static List<Schedule> Schedules(IEnumerable<Schedule> given)
    {
        var schedules = given.Select(Checked).Distinct().ToList();
        return schedules.Count <= MostSchedules ? schedules
            : throw ProblemException.Invalid(Problems.SchedulesTooManyMay(schedules.Count, MostSchedules));
    }

    public static Schedule Checked(Schedule given)
    {
        var cron = string.Join(' ', (given.Cron ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (cron.Length > LongestCron)
        {
            throw ProblemException.Invalid(Problems.ScheduleTooLongCharacters(cron.Length, LongestCron));
        }

        if (cron.Split(' ').Length != 5)
        {
            throw ProblemException.Invalid(Problems.NotScheduleFiveFields(given.Cron));
        }

        var zone = AsSpelled((given.Zone ?? "").Trim());
        if (zone.Length == 0 || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) || !known.HasIanaId)
        {
            throw UnknownZone(given.Zone, TimeZoneInfo.GetSystemTimeZones().Count > 1);
        }

        if (given.DelayMinutes is < 0 or > LongestDelay)
        {
            throw ProblemException.Invalid(Problems.DelayMinutesNotPossible(given.DelayMinutes, LongestDelay));
        }

        Spaced(cron);
        return given with { Cron = cron, Zone = known.Id };
    }

    /// <param name="data">Whether this computer knows any zone but UTC.</param>
    public static ProblemException UnknownZone(string? zone, bool data) => data
        ? ProblemException.Invalid(Problems.NotTimeZoneIn(zone))
        : ProblemException.Invalid(Problems.TimeZoneNotKnown(zone));

    public static PlanWindows Windows(PlanWindows? given)
    {
        var windows = given is null ? PlanWindows.Always : new(Windows(given.Allowed), Windows(given.Blocked));
        return Week.Any(windows.Allow) ? windows
            : throw ProblemException.Invalid(Problems.TheseHoursLeaveNo);
    }

    public static int? Target(int? hours) => hours is null or (>= 1 and <= LongestTarget) ? hours
        : throw ProblemException.Invalid(Problems.TargetAgeHoursNot(TextArgument.Of(hours), LongestTarget));

    private static List<TimeWindow> Windows(IReadOnlyList<TimeWindow>? given)
    {
        List<TimeWindow> windows = [.. (given
            ?? []).Select(w => w.Days is { Count: > 0 } && w.Days.All(Enum.IsDefined)
                ? w with { Days = [.. w.Days.Distinct()] }
            : throw ProblemException.Invalid(Problems.TheseHoursNoDay))];
        return windows.Count <= MostWindows ? windows
            : throw ProblemException.Invalid(Problems.LinesHoursTooMany(windows.Count, MostWindows));
    }

    // “europe/berlin” is found only while “Europe/Berlin” is known already, and by no systemd.
    private static string AsSpelled(string zone) =>
        TimeZoneInfo.GetSystemTimeZones().FirstOrDefault(z => z.Id.Equals(zone, StringComparison.OrdinalIgnoreCase))?.Id
            ?? zone;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a line makes its reader throw, it cannot be read.")]
    private static void Spaced(string cron)
    {
        CronExpression parsed;
        try
        {
            parsed = CronExpression.Parse(cron);
        }
        catch (CronFormatException e)
        {
            throw NoSchedule(Texts.Text(e.Message.TrimEnd('.')), Fields);
        }
        catch (Exception) when (cron.Contains('H', StringComparison.Ordinal))
        {
            throw NoSchedule(
                Texts.HTimeChosenChance,
                Texts.WriteNumberChanceGive);
        }
        catch (Exception) // whatever else a line makes its reader do, it cannot be read
        {
            throw NoSchedule(Texts.CannotRead, Fields);
        }

        ProblemException NoSchedule(Text why, Text next) => ProblemException.Invalid(Texts.NotScheduleFiveFields(cron), why, next);

        var slots = parsed.GetOccurrences(Sample, SampleEnd).Take(Sampled).ToList();
        if (slots.Count == 0)
        {
            throw ProblemException.Invalid(Problems.NeverComesNoDay(cron));
        }

        if (slots.Zip(slots.Skip(1)).Any(pair => pair.Second - pair.First < Shortest))
        {
            throw ProblemException.Invalid(Problems.ComesTooOftenMust(cron));
        }
    }
}
