namespace TimeLocker.Core.Retention;

/// <summary>A snapshot as a policy sees it.</summary>
/// <param name="Series">Snapshots of one series compete for the places that a policy has: restic's group of machine and
/// folders.</param>
public sealed record Kept<T>(T Item, DateTimeOffset Time, IReadOnlyList<string> Tags, string Series);

/// <param name="Reasons">Why it stays, in restic's words; empty: it goes.</param>
public sealed record RetentionDecision<T>(T Item, IReadOnlyList<string> Reasons)
{
    public bool Stays => Reasons.Count > 0;
}

/// <summary>
/// What a policy keeps: exactly what <c>restic forget</c> does. Hours and days are those of UTC, in which every restic
/// of TimeLocker writes.
/// </summary>
public static class RetentionRules
{
    private static readonly (string Reason, Func<DateTime, int, long> Bucket)[] Buckets =
    [
        ("last snapshot", (_, place) => place),
        ("hourly snapshot", (at, _) => (((at.Year * 100L) + at.Month) * 10000) + (at.Day * 100) + at.Hour),
        ("daily snapshot", (at, _) => (((at.Year * 100L) + at.Month) * 100) + at.Day),
        ("weekly snapshot",
            (at, _) => (System.Globalization.ISOWeek.GetYear(at) * 100L)
                + System.Globalization.ISOWeek.GetWeekOfYear(at)),
        ("monthly snapshot", (at, _) => (at.Year * 100L) + at.Month),
        ("yearly snapshot", (at, _) => at.Year),
    ];

    private static readonly string[] WithinReasons = ["within", "hourly within", "daily within", "weekly within",
        "monthly within", "yearly within"];

    /// <summary>The fate of each, newest first.</summary>
    /// <param name="now">A snapshot of the future is not the newest that lengths of time count from.</param>
    public static IReadOnlyList<RetentionDecision<T>> Apply<T>(RetentionPolicy policy, IEnumerable<Kept<T>> snapshots,
        DateTimeOffset now) =>
        [.. snapshots.GroupBy(s => s.Series)
            .SelectMany(series => One(policy, [.. series.OrderByDescending(s => s.Time)], now))
            .OrderByDescending(f => f.Time).Select(f => f.Decision)];

    private static IEnumerable<(DateTimeOffset Time, RetentionDecision<T> Decision)> One<T>(RetentionPolicy policy,
        List<Kept<T>> list, DateTimeOffset now)
    {
        var newest = list.FirstOrDefault(s => s.Time < now)?.Time ?? DateTimeOffset.MinValue;
        var left = policy.Counts.Select(c => c.Count).ToArray();
        var spans = policy.Withins.Select(w => RetentionPolicy.Span(w.Within)).ToArray();
        var since = spans.Select(s => s.IsNothing || newest == DateTimeOffset.MinValue ? DateTimeOffset.MinValue
            : s.Before(newest)).ToArray();
        long[] last = [-1, -1, -1, -1, -1, -1], lastWithin = [-1, -1, -1, -1, -1, -1];
        for (var place = 0; place < list.Count; place++)
        {
            var (one, oldest) = (list[place], place == list.Count - 1);
            List<string> reasons = [.. policy.KeepTags.Where(one.Tags.Contains).Select(tag => $"has tags [{tag}]")];
            if (!spans[0].IsNothing && one.Time > since[0])
            {
                reasons.Add($"within {spans[0]}");
            }

            // The oldest stays too while a rule has places left: so history reaches as far back as it can.
            for (var b = 0; b < Buckets.Length; b++)
            {
                if (left[b] > 0 && Buckets[b].Bucket(one.Time.UtcDateTime, place) is var value && (value != last[b] || oldest))
                {
                    reasons.Add(value == last[b] ? $"oldest {Buckets[b].Reason}" : Buckets[b].Reason);
                    (last[b], left[b]) = (value, left[b] - 1);
                }
            }

            for (var b = 1; b < spans.Length; b++)
            {
                if (!spans[b].IsNothing && one.Time > since[b]
                    && Buckets[b].Bucket(one.Time.UtcDateTime, place) is var value
                    && (value != lastWithin[b] || oldest))
                {
                    reasons.Add($"{(value == lastWithin[b] ? "oldest " : "")}{WithinReasons[b]} {spans[b]}");
                    lastWithin[b] = value;
                }
            }

            yield return (one.Time, new(one.Item, reasons));
        }
    }
}
