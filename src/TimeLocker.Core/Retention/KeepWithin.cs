using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Retention;

/// <summary>restic's duration: "1y6m10d12h". Of a unit that is given twice the last one counts, as with restic.</summary>
public readonly partial record struct KeepWithin(int Years, int Months, int Days, int Hours)
{
    public bool IsNothing => this == default;

    /// <returns>Null: this is no duration.</returns>
    public static KeepWithin? Read(string text)
    {
        if (!Whole().IsMatch(text))
        {
            return null;
        }

        var read = default(KeepWithin);
        foreach (Match part in Part().Matches(text))
        {
            var number = int.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            read = part.Groups[2].Value switch
            {
                "y" => read with { Years = number },
                "m" => read with { Months = number },
                "d" => read with { Days = number },
                _ => read with { Hours = number },
            };
        }

        return read;
    }

    /// <summary>
    /// So long before a moment. A day that its month does not have runs over into the next one, as with restic: a month
    /// before 31 March is 3 March.
    /// </summary>
    public DateTimeOffset Before(DateTimeOffset moment)
    {
        var at = moment.UtcDateTime;
        var month = ((at.Year - Years) * 12) + at.Month - 1 - Months;
        if (month < 12)
        {
            return DateTimeOffset.MinValue;
        }

        var first = new DateTime(month / 12, (month % 12) + 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var back = at.TimeOfDay + TimeSpan.FromDays(at.Day - 1 - Days) - TimeSpan.FromHours(Hours);
        return back < DateTime.MinValue - first ? DateTimeOffset.MinValue : first + back;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Years > 0 ? $"{Years}y" : "")}{(Months > 0 ? $"{Months}m" : "")}{(Days > 0 ? $"{Days}d" : "")}{(Hours > 0 ? $"{Hours}h" : "")}");

    [GeneratedRegex("^(?:[0-9]{1,4}[ymdh])+$")]
    private static partial Regex Whole();

    [GeneratedRegex("([0-9]+)([ymdh])")]
    private static partial Regex Part();
}
