namespace TimeLocker.Core.Repositories;

/// <summary>The timetable: which limits count now, and until when. Pure; the zone is an argument.</summary>
public sealed partial record ResourceRules
{
    // A week, twice: a window that falls into the hour that summer time skips is seen in the week after.
    private const int DaysAhead = 15;

    /// <summary>The limits at this moment: those of the first window that covers it, else the plain ones.</summary>
    public Limits At(DateTimeOffset moment, TimeZoneInfo zone) => AtLocal(TimeZoneInfo.ConvertTime(moment, zone).DateTime);

    /// <summary>The first moment after this one at which other limits count; null: they never change.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset moment, TimeZoneInfo zone)
    {
        if (Windows.Count == 0)
        {
            return null;
        }

        var now = At(moment, zone);
        var today = TimeZoneInfo.ConvertTime(moment, zone).Date;
        var edges = Enumerable.Range(-1, DaysAhead).SelectMany(day => Edges(today.AddDays(day), zone))
            .Where(edge => edge > moment).Distinct().Order();
        foreach (var edge in edges)
        {
            if (At(edge, zone) != now)
            {
                return edge;
            }
        }

        return null;
    }

    private Limits AtLocal(DateTime local) =>
        Windows.FirstOrDefault(window => window.Covers(local)) is { } window ? new(window.Upload, window.Download)
            : new(Upload, Download);

    // With each offset of that day: an hour that comes twice has its edges twice, and one too many does no harm.
    private IEnumerable<DateTimeOffset> Edges(DateTime day, TimeZoneInfo zone)
    {
        var midnight = new DateTimeOffset(day, TimeSpan.Zero);
        TimeSpan[] offsets = [.. ((TimeSpan[])[zone.GetUtcOffset(midnight.AddDays(-1)),
            zone.GetUtcOffset(midnight.AddDays(2))]).Distinct()];
        foreach (var time in Windows.SelectMany(window => (TimeOnly[])[window.From, window.To]))
        {
            foreach (var offset in offsets)
            {
                yield return new DateTimeOffset(day + time.ToTimeSpan(), TimeSpan.Zero) - offset;
            }
        }

        if (Jump(midnight, zone) is { } jump)
        {
            yield return jump;
        }
    }

    // When the clocks are put forward or back, local time jumps into or out of a window.
    private static DateTimeOffset? Jump(DateTimeOffset from, TimeZoneInfo zone)
    {
        var until = from.AddDays(1);
        var before = zone.GetUtcOffset(from);
        if (zone.GetUtcOffset(until) == before)
        {
            return null;
        }

        while (until - from > TimeSpan.FromSeconds(1))
        {
            var middle = from + TimeSpan.FromSeconds(Math.Floor((until - from).TotalSeconds / 2));
            (from, until) = zone.GetUtcOffset(middle) == before ? (middle, until) : (from, middle);
        }

        return until;
    }
}
