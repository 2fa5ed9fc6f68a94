using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace TimeLocker.Core;

/// <summary>
/// A text for the database and the wire: <c>{"key":…, "arguments":{…}, "text":…}</c>; <c>text</c> is for a version that knows the
/// key no more. Before there were keys it was <c>{"Text":…, "Unnamed":…}</c>, before names were marked a bare string:
/// those stay what they say.
/// </summary>
internal sealed class StoredText : JsonConverter<Text>
{
    public override Text? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(JsonNode.Parse(ref reader));

    public override void Write(Utf8JsonWriter writer, Text value, JsonSerializerOptions options) => Write(value)!.WriteTo(writer);

    public static Text? Read(JsonNode? stored) => stored switch
    {
        null => null,
        JsonValue bare when bare.TryGetValue<string>(out var words) => new("",
            ("words", (TextArgument)words.AsForeign()))
        { Bare = true },
        JsonObject text when String(text, "key") is { } key => new(key, [.. Arguments(text)]) { Fallback = String(text, "text") },
        JsonObject text when (String(text, "Text") ?? String(text, "text")) is { } words =>
            Text.Verbatim(TextArgument.Of(words, String(text, "Unnamed") ?? String(text, "unnamed") ?? words)),
        _ => throw new JsonException("It is no text."),
    };

    public static JsonObject Write(Text text) => text.Key.Length == 0 ? Words(text.Arguments[0].Value) : new()
    {
        ["key"] = text.Key,
        ["arguments"] = text.Arguments.Count == 0 ? null
            : new JsonObject(text.Arguments.Select(a => KeyValuePair.Create(a.Name, Argument(a.Value)))),
        ["text"] = text.Full,
    };

    private static IEnumerable<(string, TextArgument)> Arguments(JsonObject text) => text["arguments"] is not JsonObject given ? []
        : given.Select(a => (a.Key, a.Value switch
        {
            JsonValue plain when plain.TryGetValue<string>(out var words) => (TextArgument)words,
            JsonObject words when words.ContainsKey("unnamed") => TextArgument.Of(String(words, "text"),
                String(words, "unnamed") ?? ""),
            var nested => Read(nested),
        }));

    private static JsonNode? Argument(TextArgument argument) =>
        argument is { Text: null, Unnamed: null } ? JsonValue.Create(argument.Words) : Words(argument);

    private static JsonObject Words(TextArgument argument) => argument.Text is { } text ? Write(text)
        : new() { ["text"] = argument.Words ?? "", ["unnamed"] = argument.Unnamed ?? argument.Words ?? "" };

    private static string? String(JsonObject from, string name) =>
        from[name] is JsonValue value ? value.TryGetValue<string>(out var words) ? words
            : throw new JsonException("It is no text.") : null;
}
