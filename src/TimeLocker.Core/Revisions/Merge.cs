using System.Text.Json;
using System.Text.Json.Nodes;

namespace TimeLocker.Core.Revisions;

/// <summary>Brings two edits of the same thing together, field by field.</summary>
public static class Merge
{
    /// <param name="read">What both began with.</param>
    /// <param name="theirs">What is there now.</param>
    /// <param name="mine">What was typed.</param>
    /// <param name="giveWay">Fields in which theirs counts though both differ from what was read.</param>
    /// <returns>Theirs, with what I changed.</returns>
    public static T Of<T>(T read, T theirs, T mine, IReadOnlySet<string> giveWay) where T : class
    {
        var (before, now, wanted) = (Fields(read), Fields(theirs), Fields(mine));
        foreach (var (name, value) in wanted.ToList())
        {
            if (!JsonNode.DeepEquals(before[name], value) && !giveWay.Contains(name))
            {
                now[name] = value?.DeepClone();
            }
        }

        return now.Deserialize<T>(FlatJson.Web)!;
    }

    private static JsonObject Fields<T>(T value) => JsonSerializer.SerializeToNode(value, FlatJson.Web)!.AsObject();
}
