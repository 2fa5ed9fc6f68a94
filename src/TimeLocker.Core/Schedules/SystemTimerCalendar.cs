using System.Globalization;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Schedules;

/// <summary>
/// A schedule in the words of the system's schedulers. What they cannot say is refused with the reason; nothing is said
/// differently than it is meant.
/// </summary>
public static class SystemTimerCalendar
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    /// <summary>For <c>OnCalendar=</c>: “Mon..Fri *-*-* 20:30:00 Europe/Berlin”.</summary>
    /// <exception cref="ProblemException">of kind Invalid: systemd cannot say this.</exception>
    public static string OnCalendar(Schedule schedule)
    {
        var (minute, hour, day, month, weekday) = Fields(schedule);
        var (weekdays, days) = Date(schedule, day, weekday);
        var months = Written(Values(schedule, month, 1, 12, Months), 1, 12);
        return $"{(weekdays.Length > 0 ? weekdays + " " : "")}*-{months}{days} {Written(Values(schedule, hour, 0, 23), 0, 23)}:{Written(Values(schedule, minute, 0, 59), 0, 59)}:00 {schedule.Zone}";
    }

    /// <summary>The five fields of a crontab line.</summary>
    /// <exception cref="ProblemException">of kind Invalid: cron cannot say this, or would mean something else by it.</exception>
    public static string Crontab(Schedule schedule)
    {
        var (minute, hour, day, month, weekday) = Fields(schedule);
        if (day.Concat(weekday).Any(c => c is 'L' or 'W' or '#'))
        {
            throw Refused(schedule, "cron knows no L, W or #");
        }

        if (schedule.DelayMinutes > 0)
        {
            throw Refused(schedule, "cron knows no random delay");
        }

        var (days, weekdays) = (Values(schedule, day, 1, 31), Weekdays(schedule, weekday));
        if (days.Count < 31 && weekdays.Count < 7)
        {
            throw Refused(schedule, "TimeLocker means days that are both, cron would take days that are either");
        }

        return string.Join(' ', CronList(Values(schedule, minute, 0, 59), 60),
            CronList(Values(schedule, hour, 0, 23), 24), CronList(days, 31),
            CronList(Values(schedule, month, 1, 12, Months), 12), CronList(weekdays, 7));
    }

    private static (string Minute, string Hour, string Day, string Month, string Weekday) Fields(Schedule schedule)
    {
        try
        {
            _ = schedule.Slots(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch).Any();
        }
        catch (Exception e) when (e is FormatException or TimeZoneNotFoundException)
        {
            throw Refused(schedule, e.Message.TrimEnd('.'));
        }

        return schedule.Cron.ToUpperInvariant().Split(' ',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var minute, var hour, var day,
            var month, var weekday]
            ? (minute, hour, day, month, weekday)
            : throw Refused(schedule, "it is written in another way than with five fields");
    }

    // Both fields have to fit, in cron's words here as in systemd's.
    private static (string Weekdays, string Days) Date(Schedule schedule, string day, string weekday)
    {
        if (weekday.Split('#') is [var which, var nth])
        {
            return day is "*" or "?"
                ? (Days[Value(schedule, which, 0, 7, Days) % 7],
                    $"-{1 + 7 * (Value(schedule, nth, 1, 5) - 1):00}..{Math.Min(31, 7 * Value(schedule, nth, 1, 5)):00}")
                : throw Refused(schedule, "systemd cannot say “the n-th weekday” and a day of the month at once");
        }

        if (weekday.EndsWith('L') && weekday.Length > 1)
        {
            return day is "*" or "?" ? (Days[Value(schedule, weekday[..^1], 0, 7, Days) % 7], "~07/1")
                : throw Refused(schedule, "systemd cannot say “the last weekday” and a day of the month at once");
        }

        if (day.Contains('W'))
        {
            throw Refused(schedule, "systemd knows no “nearest working day” (W)");
        }

        var weekdays = Weekdays(schedule, weekday);
        var named = weekdays.Count == 7 ? "" : Runs([.. weekdays.Select(d => d == 0 ? 7 : d).Order()], d => Days[d % 7]);
        return day switch
        {
            "L" => (named, "~01"),
            _ when day.Contains('L') => throw Refused(schedule, "systemd cannot say this day counted from the month's end"),
            _ => (named, "-" + Written(Values(schedule, day, 1, 31), 1, 31)),
        };
    }

    private static List<int> Weekdays(Schedule schedule, string text) =>
        [.. Values(schedule, text, 0, 7, Days).Select(d => d % 7).Distinct().Order()];

    private static List<int> Values(Schedule schedule, string text, int least, int most, string[]? names = null)
    {
        var found = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var r] => (r, 0),
                [var r, var s] => (r, Value(schedule, s, 1, most)),
                _ => throw Refused(schedule, $"“{part}” cannot be read")
            };
            var (from, to) = range is "*" or "?" ? (least, most)
                : range.Split('-') is [var a, var b]
                ? (Value(schedule, a, least, most, names), Value(schedule, b, least, most, names))
                : (Value(schedule, range, least, most, names), step > 0 ? most : Value(schedule, range, least, most, names));
            var last = to < from ? to + most - least + 1 : to; // 22-2 goes beyond the end
            for (var at = from; at <= last; at += Math.Max(step, 1))
            {
                found.Add(at > most ? at - (most - least + 1) : at);
            }
        }

        return [.. found];
    }

    private static int Value(Schedule schedule, string text, int least, int most, string[]? names = null)
    {
        var named = names is null ? -1 : Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        var value = named >= 0 ? named + (names == Months ? 1 : 0)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : -1;
        return value >= least && value <= most ? value : throw Refused(schedule, $"“{text}” cannot be read");
    }

    private static string Written(List<int> values, int least, int most)
    {
        if (values.Count == most - least + 1)
        {
            return "*";
        }

        var step = values.Count > 2 ? values[1] - values[0] : 0;
        return step > 1 && values[^1] + step > most && values.Zip(values.Skip(1)).All(pair => pair.Second - pair.First == step)
            ? $"{values[0]:00}/{step}"
            : Runs(values, v => $"{v:00}");
    }

    // 1,2,3,5 → 1..3,5
    private static string Runs(List<int> values, Func<int, string> word)
    {
        var parts = new List<string>();
        for (var i = 0; i < values.Count;)
        {
            var end = i;
            while (end + 1 < values.Count && values[end + 1] == values[end] + 1)
            {
                end++;
            }

            parts.Add(end - i >= 2 ? $"{word(values[i])}..{word(values[end])}"
                : string.Join(',', values.Skip(i).Take(end - i + 1).Select(word)));
            i = end + 1;
        }

        return string.Join(',', parts);
    }

    private static string CronList(List<int> values, int all) => values.Count == all ? "*" : string.Join(',', values);

    private static ProblemException Refused(Schedule schedule, string why) =>
        ProblemException.Invalid(Problems.ScheduleCannotGivenSystem(schedule.Cron, char.ToUpperInvariant(why[0]), why[1..]));
}
