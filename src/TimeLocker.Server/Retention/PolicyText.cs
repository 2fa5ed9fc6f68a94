using TimeLocker.Core.Retention;

namespace TimeLocker.Server.Retention;

/// <summary>What a policy means, in a sentence.</summary>
public static class PolicyText
{
    private static readonly (string One, string Many)[] Units = [("backup", "backups"), ("hour", "hours"), ("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years")];

    public static string Of(RetentionPolicy? policy)
    {
        if (policy is null)
        {
            return "Everything stays.";
        }

        List<string> parts = [];
        if (policy.KeepLast > 0)
        {
            parts.Add(policy.KeepLast == 1 ? "the last one" : $"the last {policy.KeepLast}");
        }

        if (Span(policy.KeepWithin) is { Length: > 0 } all)
        {
            parts.Add($"all of the last {all}");
        }

        for (var n = 1; n < Units.Length; n++)
        {
            var count = policy.Counts[n].Count;
            var within = Span(policy.Withins[n].Within);
            if (count > 0)
            {
                parts.Add(count == 1 ? $"one of the last {Units[n].One}" : $"one {(n == 1 ? "an" : "a")} {Units[n].One} for {count} {Units[n].Many}");
            }

            if (within.Length > 0)
            {
                parts.Add($"one {(n == 1 ? "an" : "a")} {Units[n].One} of the last {within}");
            }
        }

        if (policy.KeepTags.Count > 0)
        {
            parts.Add($"whatever is tagged {string.Join(" or ", policy.KeepTags)}");
        }

        return parts.Count == 0 ? "Nothing stays." : $"Keeps {string.Join(", ", parts)}.";
    }

    /// <summary>restic's reason, for people.</summary>
    public static string Reason(string reason) => reason.StartsWith("within ", StringComparison.Ordinal) ? $"of the last {Span(reason[7..])}"
        : reason.IndexOf(" within ", StringComparison.Ordinal) is > 0 and var at ? $"{reason[..at]}, of the last {Span(reason[(at + 8)..])}"
        : reason.StartsWith("has tags [", StringComparison.Ordinal) ? $"tagged {reason[10..^1]}"
        : reason;

    private static string Span(string? text)
    {
        var span = KeepWithin.Read(text ?? "") ?? default;
        return string.Join(" ", ((int Count, string Unit)[])[(span.Years, "year"), (span.Months, "month"), (span.Days, "day"), (span.Hours, "hour")] is var parts
            ? parts.Where(p => p.Count > 0).Select(p => p.Count == 1 && parts.Count(q => q.Count > 0) == 1 ? p.Unit : $"{p.Count} {p.Unit}{(p.Count == 1 ? "" : "s")}") : []);
    }
}
