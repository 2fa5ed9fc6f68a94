using System.Text.Json;
using System.Text.Json.Serialization;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>A sentence as people read it. Nobody outside can say which parts of one are names of files, so all of what comes in may be one.</summary>
internal sealed class SentenceText(bool named) : JsonConverter<Sentence>
{
    public override Sentence? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Sentence.Of($"{reader.GetString().AsForeign()}");

    public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options) =>
        writer.WriteStringValue(named ? value.Text : value.Unnamed);
}
