using System.Text.Json;
using System.Text.Json.Serialization;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>
/// A text as people read it. Nobody outside can say which parts of one are names of files, so all of what comes in may
/// be one.
/// </summary>
internal sealed class PlainText(bool named) : JsonConverter<Text>
{
    public override Text? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Text.Verbatim(reader.GetString().AsForeign());

    public override void Write(Utf8JsonWriter writer, Text value, JsonSerializerOptions options) =>
        writer.WriteStringValue(named ? value.Full : value.Unnamed);
}
