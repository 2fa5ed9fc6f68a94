using System.Globalization;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Schedules;

public enum Rhythm { Hourly, Daily, Weekdays, Weekly, Monthly }

/// <summary>A schedule as people say it; what cannot be said so is cron.</summary>
/// <param name="At">For Hourly only its minutes count.</param>
/// <param name="Days">For Weekly; Monday first.</param>
/// <param name="Day">For Monthly: of the month; 0: its last.</param>
public sealed record SchedulePreset(Rhythm Rhythm, TimeOnly At, IReadOnlyList<DayOfWeek> Days, int Day = 1)
{
    private static readonly DayOfWeek[] Week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday,
        DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];
    private const string Alone = "alone";
    private static readonly string[] Short = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static SchedulePreset Usual { get; } = new(Rhythm.Daily, new(20, 30), []);

    public string Cron => Rhythm switch
    {
        Rhythm.Hourly => $"{At.Minute} * * * *",
        Rhythm.Daily => $"{At.Minute} {At.Hour} * * *",
        Rhythm.Weekdays => $"{At.Minute} {At.Hour} * * MON-FRI",
        Rhythm.Weekly => $"{At.Minute} {At.Hour} * * {string.Join(',', Week.Where(Days.Contains).Select(d => Short[(int)d]))}",
        _ => $"{At.Minute} {At.Hour} {(Day == 0 ? "L" : Day)} * *",
    };

    /// <summary>Null: no preset says this.</summary>
    public static SchedulePreset? Of(string cron)
    {
        if (cron.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var m, var h,
            var day, "*", var week] || Number(m, 0, 59) is not { } minute)
        {
            return null;
        }

        if ((h, day, week) is ("*", "*", "*"))
        {
            return new(Rhythm.Hourly, new(0, minute), []);
        }

        return Number(h, 0, 23) is not { } hour ? null : (day, week) switch
        {
            ("*", "*") => new(Rhythm.Daily, new(hour, minute), []),
            ("*", "MON-FRI" or "1-5") => new(Rhythm.Weekdays, new(hour, minute), []),
            ("*", _) when DaysOf(week) is { Count: > 0 } days => new(Rhythm.Weekly, new(hour, minute), days),
            ("L", "*") => new(Rhythm.Monthly, new(hour, minute), [], 0),
            (_, "*") when Number(day, 1, 31) is { } date => new(Rhythm.Monthly, new(hour, minute), [], date),
            _ => null,
        };
    }

    /// <summary>"Every weekday at 20:30".</summary>
    public Text Words => Said(Alone);

    private Text Said(string place)
    {
        var at = At.ToString("HH:mm", CultureInfo.InvariantCulture);
        return Rhythm switch
        {
            Rhythm.Hourly => At.Minute == 0 ? Texts.EveryHour(place) : Texts.EveryHourAt(place, At.Minute),
            Rhythm.Daily => Texts.EveryDayAt(place, at),
            Rhythm.Weekdays => Texts.EveryWeekdayAt(place, at),
            Rhythm.Weekly => Texts.EveryDaysAt(place, TextList.And([.. Week.Where(Days.Contains).Select(Name)]), at),
            _ when Day == 0 => Texts.LastDayAt(place, at),
            _ => Texts.DayOfMonthAt(place, Day, at),
        };
    }

    /// <summary>"Every weekday at 20:30, Berlin time"; what no preset says stays cron.</summary>
    public static Text Say(Schedule schedule) => Say(schedule, Alone);

    /// <summary>The same within a sentence: "every weekday at 20:30, Berlin time".</summary>
    public static Text SayWithin(Schedule schedule) => Say(schedule, "within");

    private static Text Say(Schedule schedule, string place) =>
        Texts.InZone(Of(schedule.Cron)?.Said(place) ?? Texts.ByCron(place, schedule.Cron), SayZone(schedule.Zone));

    public static Text SayZone(string zone) =>
        zone is "UTC" or "Etc/UTC" ? Text.Verbatim("UTC")
            : Texts.ZoneTime(zone[(zone.LastIndexOf('/') + 1)..].Replace('_', ' '));

    public static Text Name(DayOfWeek day) => Texts.Weekday(TextArgument.Of(day));

    private static int? Number(string text, int from, int to) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= from && n <= to ? n
            : null;

    private static IReadOnlyList<DayOfWeek> DaysOf(string text)
    {
        var days = text.Split(',')
            .Select(word => Array.IndexOf(Short, word) is >= 0 and var named ? named : Number(word, 0, 7) is { } n
                ? n % 7 : -1).ToList();
        return days.Contains(-1) ? [] : [.. Week.Where(d => days.Contains((int)d))];
    }
}
