using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeLocker.Core;

/// <summary>A sentence with its marks, for the database. A bare string is from before they were written down: all of it may be a name.</summary>
internal sealed class StoredSentence : JsonConverter<Sentence>
{
    private sealed record Marked(string Text, string Unnamed);

    public override Sentence? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.String
        ? Sentence.Of($"{reader.GetString().AsForeign()}")
        : JsonSerializer.Deserialize<Marked>(ref reader) is { Text: not null, Unnamed: not null } marked
            ? Sentence.From(marked.Text, marked.Unnamed)
            : throw new JsonException("It is no sentence.");

    public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Marked(value.Text, value.Unnamed));
}
