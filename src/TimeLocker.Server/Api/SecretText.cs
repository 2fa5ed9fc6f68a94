using System.Text.Json;
using System.Text.Json.Serialization;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Api;

/// <summary>A secret as it is typed. It comes in and never goes out.</summary>
internal sealed class SecretText : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
        throw new NotSupportedException("An answer holds a secret.");
}
