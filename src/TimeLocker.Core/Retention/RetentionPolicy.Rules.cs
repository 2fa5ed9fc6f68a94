using System.Text.Json.Serialization;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Retention;

public sealed partial record RetentionPolicy
{
    public const int MostCount = 9999, MostPendingDays = 365;

    [JsonIgnore]
    public IReadOnlyList<(string Name, int Count)> Counts =>
        [("keepLast", KeepLast), ("keepHourly", KeepHourly), ("keepDaily", KeepDaily), ("keepWeekly", KeepWeekly),
            ("keepMonthly", KeepMonthly), ("keepYearly", KeepYearly)];

    [JsonIgnore]
    public IReadOnlyList<(string Name, string Within)> Withins =>
        [("keepWithin", KeepWithin), ("keepWithinHourly", KeepWithinHourly), ("keepWithinDaily", KeepWithinDaily),
            ("keepWithinWeekly", KeepWithinWeekly), ("keepWithinMonthly", KeepWithinMonthly),
                ("keepWithinYearly", KeepWithinYearly)];

    /// <summary>No rule keeps anything: such a policy would remove all.</summary>
    [JsonIgnore]
    public bool IsEmpty => Counts.All(c => c.Count == 0) && Withins.All(w => Span(w.Within).IsNothing) && KeepTags.Count == 0;

    /// <summary>The cleaned policy.</summary>
    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public RetentionPolicy Checked()
    {
        if (Counts.FirstOrDefault(c => c.Count is < 0 or > MostCount) is { Name: { } odd } count)
        {
            throw ProblemException.Invalid(Problems.NotNumberSnapshotsKeep(count.Count, odd, MostCount));
        }

        if (Withins.FirstOrDefault(w => w.Within is { } text && text.Trim().Length > 0
            && Retention.KeepWithin.Read(text.Trim()) is null) is { Name: { } strange } within)
        {
            throw ProblemException.Invalid(Problems.NotLengthTimeMade(within.Within, strange));
        }

        if (PendingDays is < 0 or > MostPendingDays)
        {
            throw ProblemException.Invalid(Problems.SnapshotCannotWaitDays(PendingDays, MostPendingDays));
        }

        var clean = this with
        {
            KeepWithin = Clean(KeepWithin),
            KeepWithinHourly = Clean(KeepWithinHourly),
            KeepWithinDaily = Clean(KeepWithinDaily),
            KeepWithinWeekly = Clean(KeepWithinWeekly),
            KeepWithinMonthly = Clean(KeepWithinMonthly),
            KeepWithinYearly = Clean(KeepWithinYearly),
            KeepTags = TagRules.Checked(KeepTags ?? []),
        };
        return clean.IsEmpty
            ? throw ProblemException.Invalid(Problems.PolicyKeepsNothingNo)
            : clean;
    }

    /// <summary>
    /// Whether this one keeps less than <paramref name="before"/> by any rule: a count, a length of time, a tag, or the
    /// days of waiting. Null kept everything.
    /// </summary>
    public bool KeepsLessThan(RetentionPolicy? before) => before is null
        || Counts.Zip(before.Counts).Any(pair => pair.First.Count < pair.Second.Count)
        || Withins.Zip(before.Withins).Any(pair => IsShorter(Span(pair.First.Within), Span(pair.Second.Within)))
        || before.KeepTags.Except(KeepTags).Any()
        || PendingDays < before.PendingDays;

    internal static KeepWithin Span(string? text) => text is { Length: > 0 } ? Retention.KeepWithin.Read(text) ?? default : default;

    // Counted from one day, with leap days before it and long months, so that equal lengths in other units are equal.
    private static bool IsShorter(KeepWithin one, KeepWithin other)
    {
        var from = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        return one.IsNothing ? !other.IsNothing : one.Before(from) > other.Before(from);
    }

    private static string Clean(string? text) => Span(text?.Trim()).ToString();
}
