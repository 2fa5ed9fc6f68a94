namespace TimeLocker.Core.Retention;

/// <summary>A snapshot that exists on a day to come.</summary>
/// <param name="Id">Null: it is not made yet.</param>
/// <param name="Reasons">Why it is there; empty: it waits for its removal.</param>
public sealed record ForecastSnapshot(string? Id, DateTimeOffset Time, IReadOnlyList<string> Reasons);

/// <summary>A day ahead, and the snapshots that will be there.</summary>
public sealed record ForecastDay(DateOnly Day, IReadOnlyList<ForecastSnapshot> Snapshots);

/// <summary>What will exist on the days to come, if every backup is made when it is due: the same evaluation, day by day.</summary>
public static class RetentionForecast
{
    /// <param name="policy">Null: everything stays.</param>
    /// <param name="snapshots">What is there today; the item is the id.</param>
    /// <param name="slots">Backups to come, in order.</param>
    /// <param name="next">How a backup to come looks: its tags and series.</param>
    /// <param name="pending">Ids that wait for their removal already, and until when.</param>
    /// <param name="pinned">Ids that no rule removes.</param>
    public static IEnumerable<ForecastDay> Days(RetentionPolicy? policy, IEnumerable<Kept<string?>> snapshots,
        IEnumerable<DateTimeOffset> slots, Kept<string?> next,
        IReadOnlyDictionary<string, DateTimeOffset> pending, IReadOnlySet<string> pinned, DateTimeOffset now, int days)
    {
        var there = snapshots.ToList();
        var goes = new Dictionary<Kept<string?>, DateTimeOffset>(ReferenceEqualityComparer.Instance);
        foreach (var one in there.Where(s => s.Item is not null && pending.ContainsKey(s.Item)))
        {
            goes[one] = pending[one.Item!];
        }

        using var due = slots.GetEnumerator();
        var more = due.MoveNext();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        for (var n = 0; n < days; n++)
        {
            var end = new DateTimeOffset(today.AddDays(n + 1), TimeOnly.MinValue, TimeSpan.Zero);
            for (; more && due.Current < end; more = due.MoveNext())
            {
                there.Add(next with { Time = due.Current });
            }

            yield return Evening(policy, there, goes, pinned, end, today.AddDays(n));
        }
    }

    private static ForecastDay Evening(RetentionPolicy? policy, List<Kept<string?>> there,
        Dictionary<Kept<string?>, DateTimeOffset> goes, IReadOnlySet<string> pinned, DateTimeOffset end, DateOnly day)
    {
        if (policy is null)
        {
            return new(day,
                [.. there.OrderByDescending(s => s.Time)
                    .Select(s => new ForecastSnapshot(s.Item, s.Time, ["everything stays"]))]);
        }

        List<ForecastSnapshot> left = [];
        foreach (var (one, reasons) in RetentionRules.Apply(policy,
            there.Select(s => new Kept<Kept<string?>>(s, s.Time, s.Tags, s.Series)), end))
        {
            if (reasons.Count > 0 || (one.Item is not null && pinned.Contains(one.Item)))
            {
                goes.Remove(one);
                left.Add(new(one.Item, one.Time, reasons.Count > 0 ? reasons : ["pinned"]));
            }
            else if ((goes[one] = goes.TryGetValue(one, out var until) ? until : end.AddDays(policy.PendingDays)) > end)
            {
                left.Add(new(one.Item, one.Time, []));
            }
        }

        there.RemoveAll(s => goes.TryGetValue(s, out var over) && over <= end);
        return new(day, left);
    }
}
