using System.Text.Json.Nodes;

namespace TimeLocker.Core.Revisions;

/// <summary>
/// What differs between two states of a thing, for programs: <c>{"oneFileSystem": {"before": false, "after":
/// true}}</c>.
/// </summary>
public static class Difference
{
    /// <summary>
    /// What has members in both is compared by them, "resources.upload"; a list counts as a whole. null: it was not
    /// there, or is as usual.
    /// </summary>
    public static JsonObject Of(JsonObject before, JsonObject after)
    {
        var told = new JsonObject();
        Add(told, "", before, after);
        return told;
    }

    private static void Add(JsonObject told, string place, JsonNode? before, JsonNode? after)
    {
        if (before is JsonObject was && after is JsonObject becomes)
        {
            foreach (var name in was.Select(m => m.Key).Union(becomes.Select(m => m.Key)))
            {
                Add(told, place.Length == 0 ? name : $"{place}.{name}", was[name], becomes[name]);
            }
        }
        else if (!JsonNode.DeepEquals(before, after))
        {
            told[place] = new JsonObject { ["before"] = before?.DeepClone(), ["after"] = after?.DeepClone() };
        }
    }
}
