using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Api;

/// <summary>
/// JSON as the API speaks it: camelCase, words for enums, unknown members refused so that a typo is not silently lost.
/// </summary>
/// <remarks>A text is plain in it: the whole one for Operators, the one without names of files for all others.</remarks>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web), named: true);

    private static JsonSerializerOptions WithoutNames { get; } = Configure(new(JsonSerializerDefaults.Web));

    /// <summary>For an answer to this person.</summary>
    public static JsonSerializerOptions For(Actor? who) => who?.Is(Role.Operator) == true ? Options : WithoutNames;

    /// <param name="named">Names of files stay in. Whoever does not say who it is for leaves them out.</param>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options, bool named = false)
    {
        options.Converters.Add(new PlainText(named));
        options.Converters.Add(new SecretText());
        // 99 would be a word that nobody knows
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver())
            .WithAddedModifier(RunKinds.Name)
            .WithAddedModifier(FlatJson.Flatten)
            .WithAddedModifier(NoNullsInLists.Refuse)
            .WithAddedModifier(KeepMarks);
        return options;
    }

    // What an earlier version stored of a problem is read by the database only.
    private static void KeepMarks(JsonTypeInfo type)
    {
        if (type.Type == typeof(Problem))
        {
            foreach (var mark in type.Properties.Where(p => p.Name is "marked" or "unnamed").ToList())
            {
                type.Properties.Remove(mark);
            }
        }
    }
}
