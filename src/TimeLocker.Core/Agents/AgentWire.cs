using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Agents;

/// <summary>
/// How jobs, questions, answers and events are written where desk and agent are not one process: a
/// <see cref="Runs.RunSpec"/>, <see cref="Question"/> or <see cref="Runs.RunEvent"/> as that type, so that its kind goes
/// with it. The only JSON that holds secrets: whoever uses it has made sure who reads it.
/// </summary>
public static class AgentWire
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new WholeSecret(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(Runs.RunKinds.Name),
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // what limits a job (“only within …”) is never overlooked
    };

    private sealed class WholeSecret : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Reveal());
    }
}
