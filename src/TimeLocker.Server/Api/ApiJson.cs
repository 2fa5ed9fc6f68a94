using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeLocker.Server.Api;

/// <summary>JSON as the API speaks it: camelCase, words for enums, unknown members refused so that a typo is not silently lost.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false)); // 99 would be a word that nobody knows
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        return options;
    }
}

