using Cronos;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Schedules;

/// <summary>What schedules, hours and a target age may look like. Each answers with the cleaned value or a problem of kind Invalid.</summary>
public static class ScheduleRules
{
    public const int MostSchedules = 20, MostWindows = 50, LongestDelay = 720, LongestTarget = 8760, LongestCron = 250;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);

    // Years with every weekday on every date, and a leap day; so many slots show how close they come.
    private static readonly DateTime Sample = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc), SampleEnd = new(2052, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private const int Sampled = 600;
    private static readonly Sentence Fields = "Its fields are minute, hour, day of the month, month, day of the week.";

    private static IEnumerable<DateTime> Week => Enumerable.Range(0, 7 * 24 * 60).Select(minute => Sample.AddMinutes(minute));

    public static List<Schedule> Schedules(IEnumerable<Schedule> given)
    {
        var schedules = given.Select(Checked).Distinct().ToList();
        return schedules.Count <= MostSchedules ? schedules
            : throw ProblemException.Invalid($"{schedules.Count} schedules are too many.", $"There may be {MostSchedules} at the most.", "One cron line can hold several times: “0 8,12,16 * * *”.");
    }

    public static Schedule Checked(Schedule given)
    {
        var cron = string.Join(' ', (given.Cron ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (cron.Length > LongestCron)
        {
            throw ProblemException.Invalid("The schedule is too long.", $"It has {cron.Length} characters; {LongestCron} are the most.", "Give the plan several schedules.");
        }

        if (cron.Split(' ').Length != 5)
        {
            throw ProblemException.Invalid($"“{given.Cron}” is not a schedule.", "It has five fields: minute, hour, day of the month, month, day of the week.", "Write, for example, “30 20 * * *” for every day at 20:30.");
        }

        var zone = AsSpelled((given.Zone ?? "").Trim());
        if (zone.Length == 0 || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) || !known.HasIanaId)
        {
            throw UnknownZone(given.Zone, TimeZoneInfo.GetSystemTimeZones().Count > 1);
        }

        if (given.DelayMinutes is < 0 or > LongestDelay)
        {
            throw ProblemException.Invalid($"A delay of {given.DelayMinutes} minutes is not possible.", $"It is from 0 to {LongestDelay} minutes.", "Choose another one.");
        }

        Spaced(cron);
        return given with { Cron = cron, Zone = known.Id };
    }

    /// <param name="data">Whether this computer knows any zone but UTC.</param>
    public static ProblemException UnknownZone(string? zone, bool data) => data
        ? ProblemException.Invalid($"“{zone}” is not a time zone.", "It is not in the list of zones of this computer.",
            "Write it as “Europe/Berlin” or “UTC”.")
        : ProblemException.Invalid($"The time zone “{zone}” is not known here.",
            "This computer has no time zone data; it knows UTC and nothing else.",
            "Install it (Debian: apt install tzdata) and start TimeLocker again, or use UTC.");

    public static PlanWindows Windows(PlanWindows? given)
    {
        var windows = given is null ? PlanWindows.Always : new(Windows(given.Allowed), Windows(given.Blocked));
        return Week.Any(windows.Allow) ? windows
            : throw ProblemException.Invalid("These hours leave no time.", "In the whole week there is no minute in which the plan may begin by itself.", "Allow more, or block less. To suspend the plan, pause it.");
    }

    public static int? Target(int? hours) => hours is null or (>= 1 and <= LongestTarget) ? hours
        : throw ProblemException.Invalid($"A target age of {hours} hours is not possible.", $"It is from 1 hour to {LongestTarget} hours, which is a year.", "Choose another one, or none.");

    private static List<TimeWindow> Windows(IReadOnlyList<TimeWindow>? given)
    {
        List<TimeWindow> windows = [.. (given ?? []).Select(w => w.Days is { Count: > 0 } && w.Days.All(Enum.IsDefined) ? w with { Days = [.. w.Days.Distinct()] }
            : throw ProblemException.Invalid("These hours have no day.", "A line of the hours has no weekday.", "Choose at least one weekday, or remove the line."))];
        return windows.Count <= MostWindows ? windows : throw ProblemException.Invalid($"{windows.Count} lines of hours are too many.", $"There may be {MostWindows} at the most.", "Several weekdays fit in one line.");
    }

    // “europe/berlin” is found only while “Europe/Berlin” is known already, and by no systemd.
    private static string AsSpelled(string zone) => TimeZoneInfo.GetSystemTimeZones().FirstOrDefault(z => z.Id.Equals(zone, StringComparison.OrdinalIgnoreCase))?.Id ?? zone;

    private static void Spaced(string cron)
    {
        CronExpression parsed;
        try
        {
            parsed = CronExpression.Parse(cron);
        }
        catch (CronFormatException e)
        {
            throw NoSchedule(e.Message.TrimEnd('.') + ".", Fields);
        }
        catch (Exception) when (cron.Contains('H', StringComparison.Ordinal))
        {
            throw NoSchedule(
                "“H”, for a time chosen by chance, is known to other programs only.",
                "Write a number; for chance give the schedule a random delay.");
        }
        catch (Exception) // whatever else a line makes its reader do, it cannot be read
        {
            throw NoSchedule("It cannot be read.", Fields);
        }

        ProblemException NoSchedule(Sentence why, Sentence next) => ProblemException.Invalid($"“{cron}” is not a schedule.", why, next);

        var slots = parsed.GetOccurrences(Sample, SampleEnd).Take(Sampled).ToList();
        if (slots.Count == 0)
        {
            throw ProblemException.Invalid($"“{cron}” never comes.", "No day has this date.", "Correct the day or the month.");
        }

        if (slots.Zip(slots.Skip(1)).Any(pair => pair.Second - pair.First < Shortest))
        {
            throw ProblemException.Invalid($"“{cron}” comes too often.", "There must be at least five minutes between two backups.", "Choose a longer interval, such as “*/15 * * * *”.");
        }
    }
}
