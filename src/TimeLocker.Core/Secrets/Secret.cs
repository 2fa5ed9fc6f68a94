using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeLocker.Core.Secrets;

/// <summary>A secret in memory. It shows itself only to who says <see cref="Reveal"/>.</summary>
[JsonConverter(typeof(Hidden))]
public sealed class Secret(string value)
{
    public static Secret Empty { get; } = new("");

    public bool IsEmpty => value.Length == 0;
    public string Reveal() => value;
    public override string ToString() => "•••";

    private sealed class Hidden : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");
        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
