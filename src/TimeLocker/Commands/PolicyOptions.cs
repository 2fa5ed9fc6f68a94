using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

/// <summary>The rules of a policy as options, named as restic names them.</summary>
internal static class PolicyOptions
{
    private static string[] Units => ["Hourly", "Daily", "Weekly", "Monthly", "Yearly"];

    private static readonly (string Member, Option<int?> Option)[] Counts = [.. ((string[])["Last", .. Units])
        .Select(name => ($"keep{name}", new Option<int?>($"--keep-{name.ToLowerInvariant()}")
    {
        HelpName = "n",
        Help = name == "Last" ? Texts.KeepLastNSnapshots : Texts.KeepForEach(name),
    }))];

    private static readonly (string Member, Option<string?> Option)[] Withins = [.. ((string[])["", .. Units])
        .Select(name => ($"keepWithin{name}", new Option<string?>($"--keep-within-{name.ToLowerInvariant()}".TrimEnd('-'))
    {
        HelpName = "time",
        Help = name.Length == 0
            ? Texts.KeepEverythingWithin
            : Texts.KeepForEachWithin(name),
    }))];

    private static readonly Option<string[]> Tags = new("--keep-tag") { Help = Texts.KeepWhatHasThisTag };
    private static readonly Option<int?> Pending = new("--pending-days") { Help = Texts.DaysUntilRemoval };

    public static Command WithPolicy(this Command command)
    {
        foreach (var option in Counts.Select(c => (Option)c.Option).Concat(Withins.Select(w => w.Option)).Append(Tags)
            .Append(Pending))
        {
            command.Add(option);
        }

        return command;
    }

    /// <returns>Null: no rule was given.</returns>
    public static JsonObject? Read(ParseResult parsed)
    {
        var policy = new JsonObject();
        foreach (var (member, option) in Counts)
        {
            Take(policy, member, parsed.GetValue(option) is { } number ? JsonValue.Create(number) : null);
        }

        foreach (var (member, option) in Withins)
        {
            Take(policy, member, parsed.GetValue(option) is { } text ? JsonValue.Create(text) : null);
        }

        Take(policy, "keepTags",
            parsed.GetValue(Tags) is { Length: > 0 } tags ? new JsonArray([.. tags.Select(t => JsonValue.Create(t))])
                : null);
        Take(policy, "pendingDays", parsed.GetValue(Pending) is { } days ? JsonValue.Create(days) : null);
        return policy.Count == 0 ? null : policy;
    }

    private static void Take(JsonObject policy, string member, JsonNode? value)
    {
        if (value is not null)
        {
            policy[member] = value;
        }
    }
}
