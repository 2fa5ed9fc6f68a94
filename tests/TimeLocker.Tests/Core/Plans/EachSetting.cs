using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Tests.Core.Plans;

/// <summary>
/// All settings of how a plan backs up, found by reflection, down to the members of what belongs together:
/// "oneFileSystem", "retries.times".
/// </summary>
public static class EachSetting
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    // What no rule can make up.
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["excludePresets"] = """["build"]""",
        ["command.file"] = "\"dump-shop\"",
        ["command.path"] = "\"/dumps/shop.sql\"",
        ["hooks"] = """[{"when":"before","file":"stop-database"}]""",
        ["resources.windows"] = """[{"days":["monday"],"from":"08:00","to":"18:00","upload":100}]""",
        ["windows.allowed"] = """[{"days":["sunday"],"from":"00:00","to":"06:00"}]""",
        ["windows.blocked"] = """[{"days":["friday"],"from":"08:00","to":"18:00"}]""",
    };

    public static IReadOnlyList<string> Paths { get; } = [.. Below(typeof(BackupOptions), "")];

    /// <summary>Options as usual; what this setting is a part of is there.</summary>
    public static BackupOptions Usual(string path) =>
        path.StartsWith("command.", StringComparison.Ordinal) ? new() { Command = new("other", "/other") } : new();

    /// <summary>Options in which this one alone is not as usual.</summary>
    public static BackupOptions Changed(string path)
    {
        var all = JsonSerializer.SerializeToNode(Usual(path), Json)!.AsObject();
        var (owner, type, member) = (all, typeof(BackupOptions), path);
        if (path.Split('.') is [var group, var inner])
        {
            (owner, type, member) = (all[group]!.AsObject(), Property(type, group).PropertyType, inner);
        }

        owner[member] = Samples.TryGetValue(path, out var sample) ? JsonNode.Parse(sample)
            : Another(Property(type, member).PropertyType, owner[member]!);
        return all.Deserialize<BackupOptions>(Json)!;
    }

    public static JsonNode? Value(BackupOptions options, string path) =>
        path.Split('.').Aggregate(JsonSerializer.SerializeToNode(options, Json), (node, member) => node?[member]);

    private static IEnumerable<string> Below(Type type, string before) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let name = before + JsonNamingPolicy.CamelCase.ConvertName(property.Name)
        from path in IsGroup(property.PropertyType) ? Below(property.PropertyType, $"{name}.") : [name]
        select path;

    private static bool IsGroup(Type type) =>
        type.Namespace!.StartsWith("TimeLocker", StringComparison.Ordinal) && !type.IsEnum
            && !type.IsAssignableTo(typeof(IEnumerable));

    private static PropertyInfo Property(Type type, string member) =>
        type.GetProperty(member, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)!;

    private static JsonNode Another(Type type, JsonNode now) => type switch
    {
        { IsEnum: true } => JsonNamingPolicy.CamelCase.ConvertName(Enum.GetNames(type)[^1]),
        _ when type == typeof(bool) => !(bool)now,
        _ when type == typeof(int) => (int)now + 4,
        _ when type == typeof(IReadOnlyList<string>) => new JsonArray("another"),
        _ => throw new InvalidOperationException($"nobody said what a {type.Name} may look like"),
    };
}
