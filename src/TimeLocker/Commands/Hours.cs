using System.Globalization;
using System.Text.RegularExpressions;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>Hours of the week in a few characters: <c>MON-FRI 20:00-06:00</c>, or <c>20:00-06:00</c> for every day.</summary>
internal static partial class Hours
{
    private static readonly DayOfWeek[] Week =
    [
        DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday,
        DayOfWeek.Sunday,
    ];

    public static TimeWindow Read(string given)
    {
        var said = Said().Match(given.Trim());
        return said.Success
            && Time(said.Groups["from"].Value) is { } from
            && Time(said.Groups["to"].Value) is { } to
            && Days(said.Groups["days"].Value) is { } days
            ? new(days, from, to)
            : throw ProblemException.Invalid(Problems.NotSetWeeklyHours(given, Texts.HoursExample));
    }

    private static TimeOnly? Time(string given) =>
        TimeOnly.TryParseExact(given, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static List<DayOfWeek>? Days(string given)
    {
        List<DayOfWeek> days = given.Length == 0 ? [.. Week] : [];
        foreach (var part in given.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-').Select(name => Array.FindIndex(Week,
                day => day.ToString().StartsWith(name, StringComparison.OrdinalIgnoreCase) && name.Length == 3)).ToList();
            if (ends.Contains(-1))
            {
                return null;
            }

            for (var day = ends[0]; ; day = (day + 1) % Week.Length)
            {
                days.Add(Week[day]);
                if (day == ends[^1])
                {
                    break;
                }
            }
        }

        return [.. days.Distinct()];
    }

    [GeneratedRegex("^(?:(?<days>[A-Za-z,-]+)\\s+)?(?<from>[0-9]{1,2}:[0-9]{2})-(?<to>[0-9]{1,2}:[0-9]{2})$")]
    private static partial Regex Said();
}
