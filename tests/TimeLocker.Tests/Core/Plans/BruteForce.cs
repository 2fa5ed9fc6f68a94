namespace TimeLocker.Tests.Core.Plans;

/// <summary>
/// Slots, found without the product: every minute of every day is held against the five fields, and its moment looked
/// up in a table of the zone's offsets.
/// </summary>
internal sealed class BruteForce
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15); // no zone changes at another minute

    private readonly DateTimeOffset from;
    private readonly TimeSpan[] offsets, every;

    public BruteForce(TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset until)
    {
        this.from = new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero).AddDays(-5);
        offsets = [.. Enumerable.Range(0, (int)((until.AddDays(5) - this.from) / Step))
            .Select(n => zone.GetUtcOffset(this.from + n * Step))];
        every = [.. offsets.Distinct()];
    }

    /// <summary>In order, each moment once; with whether the clock showed the time at all.</summary>
    public IEnumerable<(DateTimeOffset At, bool InGap)> Slots(string cron, DateTimeOffset after, DateTimeOffset until)
    {
        var fields = cron.Split(' ').Select((field, n) => Values(field, n)).ToArray();
        var (anyDay, anyWeekday) = (cron.Split(' ')[2] == "*", cron.Split(' ')[4] == "*");
        DateTimeOffset last = after;
        for (var day = after.UtcDateTime.Date.AddDays(-2); day < until.UtcDateTime.Date.AddDays(2); day = day.AddDays(1))
        {
            var fits = fields[3].Contains(day.Month) && (anyDay || fields[2].Contains(day.Day))
                && (anyWeekday || fields[4].Contains((int)day.DayOfWeek));
            foreach (var hour in fits ? fields[1] : [])
            {
                foreach (var minute in fields[0])
                {
                    var (at, gap) = Moment(day.AddHours(hour).AddMinutes(minute));
                    if (at > last && at <= until)
                    {
                        yield return (last = at, gap);
                    }
                }
            }
        }
    }

    public TimeSpan OffsetAt(DateTimeOffset at) => offsets[(int)((at - from) / Step)];

    private (DateTimeOffset At, bool InGap) Moment(DateTime local)
    {
        var naive = new DateTimeOffset(local, TimeSpan.Zero);
        var shown = every.Select(offset => naive - offset).Where(at => at + OffsetAt(at) == naive).ToList();
        if (shown.Count > 0)
        {
            return (shown.Min(), false); // the first time that the clock shows it
        }

        for (var n = (int)((naive.AddDays(-1) - from) / Step); n < offsets.Length; n++)
        {
            if (from + n * Step + offsets[n] > naive)
            {
                return (from + n * Step, true); // the first moment behind the gap
            }
        }

        throw new InvalidOperationException($"{local} is nowhere");
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static SortedSet<int> Values(string field, int which)
    {
        var (low, high) = which switch { 0 => (0, 59), 1 => (0, 23), 2 => (1, 31), 3 => (1, 12), _ => (0, 6) };
        var all = new SortedSet<int>();
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') is [var r, var s] ? (r, Number(s)) : (part, 1);
            var (first, end) = range == "*" ? (low, high) : range.Split('-') is [var a, var b] ? (Number(a), Number(b))
                : (Number(range), Number(range));
            for (var n = first; n <= end; n += step)
            {
                all.Add(n);
            }
        }

        return all;
    }
}
