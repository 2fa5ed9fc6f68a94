using TimeLocker.Core;
using TimeLocker.Core.Retention;

namespace TimeLocker.Server.Retention;

/// <summary>What a policy means.</summary>
public static class PolicyText
{
    private static readonly string[] Units = ["backup", "hour", "day", "week", "month", "year"];

    public static Text Of(RetentionPolicy? policy)
    {
        if (policy is null)
        {
            return Texts.EverythingStaysPolicy;
        }

        List<Text> parts = [];
        if (policy.KeepLast > 0)
        {
            parts.Add(Texts.KeepsLast(policy.KeepLast));
        }

        if (Span(policy.KeepWithin) is { } all)
        {
            parts.Add(Texts.KeepsAllWithin(all));
        }

        for (var n = 1; n < Units.Length; n++)
        {
            if (policy.Counts[n].Count is > 0 and var count)
            {
                parts.Add(Texts.KeepsOnePer(count, Units[n]));
            }

            if (Span(policy.Withins[n].Within) is { } within)
            {
                parts.Add(Texts.KeepsOnePerWithin(Units[n], within));
            }
        }

        if (policy.KeepTags.Count > 0)
        {
            parts.Add(Texts.KeepsTagged(TextList.Or([.. policy.KeepTags.Select(tag => Text.Verbatim(tag))])));
        }

        return parts.Count == 0 ? Texts.NothingStays : Texts.Keeps(TextList.Commas(parts));
    }

    /// <summary>restic's reason or one of ours, as the API has it, for people.</summary>
    public static Text Reason(string reason) =>
        reason.StartsWith("within ", StringComparison.Ordinal) && Span(reason[7..]) is { } within ? Texts.OfLast(within)
        : reason.IndexOf(" within ", StringComparison.Ordinal) is > 0 and var at && Span(reason[(at + 8)..]) is { } some
        ? Texts.KindOfLast(reason[..at], some)
        : reason.StartsWith("has tags [", StringComparison.Ordinal) ? Texts.Tagged(reason[10..^1])
        : reason.StartsWith("pinned: ", StringComparison.Ordinal) ? Texts.PinnedBecause(reason[8..])
        : reason.StartsWith("legal hold: ", StringComparison.Ordinal) ? Texts.LegalHoldBecause(reason[12..])
        : Texts.ReasonOf(reason);

    // Null: none.
    private static Text? Span(string? text)
    {
        var span = KeepWithin.Read(text ?? "") ?? default;
        var parts = ((int Count, string Unit)[])[(span.Years, "year"), (span.Months, "month"), (span.Days, "day"),
            (span.Hours, "hour")];
        return parts.Where(p => p.Count > 0).ToList() switch
        {
            [] => null,
            [(1, var unit)] => Texts.Unit(unit),
            var several => Text.Of(several.Select(p => Texts.Amount(p.Count, p.Unit))),
        };
    }
}
