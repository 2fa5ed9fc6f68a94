using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Revisions;

/// <summary>Says what differs between two values, as they are stored: "+ /srv/perm, − /srv/old", "keep daily 7 → 14".</summary>
/// <param name="names">Of things that values name by their ids.</param>
public sealed partial class ChangeText(IReadOnlyDictionary<Guid, string> names)
{
    private const int Longest = 80, Most = 6;

    public Text Of(JsonNode? before, JsonNode? after) => (before, after) switch
    {
        (JsonArray a, JsonArray b) => Lists(a, b),
        (JsonObject a, JsonObject b) => Members(a, b),
        (JsonArray a, null) => Lists(a, []),
        (null, JsonArray b) => Lists([], b),
        _ => Texts.BeforeAfter(Said(before), Said(after)),
    };

    private Text Lists(JsonArray before, JsonArray after)
    {
        List<Text> gone = [.. before.Select(Said)], come = [.. after.Select(Said)];
        foreach (var stays in come.ToList())
        {
            if (gone.Remove(stays))
            {
                come.Remove(stays);
            }
        }

        List<Text> all = [.. come.Select(c => Texts.Added(c)), .. gone.Select(g => Texts.Removed(g))];
        return all.Count == 0 ? Texts.AnotherOrder : ShortList.Of(all, Most);
    }

    private Text Members(JsonObject before, JsonObject after) =>
        TextList.Commas([.. before.Select(m => m.Key).Union(after.Select(m => m.Key))
        .Where(m => !JsonNode.DeepEquals(before[m], after[m])).Select(m => Texts.Member(Spoken(m), Of(before[m], after[m])))]);

    private Text Said(JsonNode? value) => value switch
    {
        null => Texts.None,
        JsonArray list => list.Count == 0 ? Texts.None : Text.Of(list.Select(Said)),
        JsonObject thing => thing.Count == 0 ? Texts.AsUsual
            : TextList.Commas([.. thing.Select(m => Texts.Member(Spoken(m.Key), Said(m.Value)))]),
        _ => Said(value.ToString()),
    };

    private Text Said(string value) => Guid.TryParse(value, out var id) && names.TryGetValue(id, out var name) ? Texts.Named(name)
        : value switch
        {
            "" => Texts.None,
            "true" => Texts.On,
            "false" => Texts.Off,
            { Length: > Longest } => Text.Verbatim(value[..Longest] + "…"),
            _ => Text.Verbatim(value),
        };

    /// <summary>"keepDaily" → "keep daily", "cacheMiB" → "cache MiB".</summary>
    public static string Spoken(string member) =>
        Humps().Replace(member, m => m.Value == "MiB" ? " MiB" : $" {m.Value.ToLowerInvariant()}");

    [GeneratedRegex("(?<=[a-z])(MiB|[A-Z])")]
    private static partial Regex Humps();
}
