using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace TimeLocker.Server.Data;

/// <summary>A moment as ticks in UTC: sortable, indexable, exact.</summary>
internal sealed class InstantConverter() : ValueConverter<DateTimeOffset, long>(v => v.UtcTicks, v => new DateTimeOffset(v, TimeSpan.Zero));

internal static class Columns
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };
}

/// <summary>A value that is always read and written as a whole.</summary>
internal sealed class JsonConverter<T>() : ValueConverter<T, string>(
    v => JsonSerializer.Serialize(v, Columns.Json),
    v => JsonSerializer.Deserialize<T>(v, Columns.Json)!)
    where T : class;

internal sealed class JsonComparer<T>() : ValueComparer<T>(
    (a, b) => JsonSerializer.Serialize(a, Columns.Json) == JsonSerializer.Serialize(b, Columns.Json),
    v => JsonSerializer.Serialize(v, Columns.Json).GetHashCode(StringComparison.Ordinal),
    v => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(v, Columns.Json), Columns.Json)!)
    where T : class;
