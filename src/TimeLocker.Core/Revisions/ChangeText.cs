using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Revisions;

/// <summary>Says what differs between two values, as they are stored: "+ /srv/perm, − /srv/old", "keep daily 7 → 14".</summary>
/// <param name="names">Of things that values name by their ids.</param>
public sealed partial class ChangeText(IReadOnlyDictionary<Guid, string> names)
{
    private const int Longest = 80, Most = 6;
    private const string Nothing = "none";

    public string Of(JsonNode? before, JsonNode? after) => (before, after) switch
    {
        (JsonArray a, JsonArray b) => Lists(a, b),
        (JsonObject a, JsonObject b) => Members(a, b),
        (JsonArray a, null) => Lists(a, []),
        (null, JsonArray b) => Lists([], b),
        _ => $"{Said(before)} → {Said(after)}",
    };

    private string Lists(JsonArray before, JsonArray after)
    {
        List<string> gone = [.. before.Select(Said)], come = [.. after.Select(Said)];
        foreach (var stays in come.ToList())
        {
            if (gone.Remove(stays))
            {
                come.Remove(stays);
            }
        }

        List<string> all = [.. come.Select(c => $"+ {c}"), .. gone.Select(g => $"− {g}")];
        return all.Count == 0 ? "another order" : ShortList.Of(all, Most);
    }

    private string Members(JsonObject before, JsonObject after) => string.Join(", ", before.Select(m => m.Key).Union(after.Select(m => m.Key))
        .Where(m => !JsonNode.DeepEquals(before[m], after[m])).Select(m => $"{Spoken(m)} {Of(before[m], after[m])}"));

    private string Said(JsonNode? value) => value switch
    {
        null => Nothing,
        JsonArray list => list.Count == 0 ? Nothing : string.Join(" ", list.Select(Said)),
        JsonObject thing => thing.Count == 0 ? "as usual" : string.Join(", ", thing.Select(m => $"{Spoken(m.Key)} {Said(m.Value)}")),
        _ => value.ToString() is var text && Guid.TryParse(text, out var id) && names.TryGetValue(id, out var name) ? $"“{name}”"
            : text switch { "" => Nothing, "true" => "on", "false" => "off", { Length: > Longest } => text[..Longest] + "…", _ => text },
    };

    /// <summary>"keepDaily" → "keep daily", "cacheMiB" → "cache MiB".</summary>
    public static string Spoken(string member) => Humps().Replace(member, m => m.Value == "MiB" ? " MiB" : $" {m.Value.ToLowerInvariant()}");

    [GeneratedRegex("(?<=[a-z])(MiB|[A-Z])")]
    private static partial Regex Humps();
}
