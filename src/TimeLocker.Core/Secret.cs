using System.Text.Json;
using System.Text.Json.Serialization;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Core;

/// <summary>A secret in memory. Only <see cref="Reveal"/> shows it.</summary>
[JsonConverter(typeof(Untold))]
public sealed class Secret(string value)
{
    public static Secret Empty { get; } = new("");

    public bool IsEmpty => value.Length == 0;
    public string Reveal() => value;
    public override string ToString() => "•••";

    // A stand-in would be read back as the secret. Whoever may read or write one has a converter of its own in its options.
    private sealed class Untold : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw Refused();
        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => throw Refused();

        private static NotSupportedException Refused() => new("A secret is neither written nor read here.");
    }
}
