using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Data;

/// <summary>A moment as ticks in UTC: sortable, indexable, exact.</summary>
internal sealed class InstantConverter() : ValueConverter<DateTimeOffset, long>(
    v => v.UtcTicks,
    v => new DateTimeOffset(Math.Clamp(v, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero));

/// <summary>
/// An id as SQLite's provider writes it. One that cannot be read becomes another that is nobody's, always the same for
/// the same text.
/// </summary>
internal sealed class IdConverter() : ValueConverter<Guid, string>(v => v.ToString().ToUpperInvariant(), v => Read(v))
{
    private static Guid Read(string stored) => Guid.TryParseExact(stored, "D", out var id)
        ? id
        : UnreadableColumns.Met(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(stored)).AsSpan(0, 16)));
}

/// <summary>A day as SQLite's provider writes it. One that cannot be read is long over.</summary>
internal sealed class DayConverter()
    : ValueConverter<DateOnly, string>(v => v.ToString("O", CultureInfo.InvariantCulture), v => Read(v))
{
    private static DateOnly Read(string stored) =>
        DateOnly.TryParseExact(stored, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : UnreadableColumns.Met(DateOnly.FromDateTime(DateTime.UnixEpoch));
}

internal static class Columns
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(RunKinds.Name)
            .WithAddedModifier(StoredAsAttribute.Rename),
    };

    /// <summary>What is not there must not become a null where nobody expects one.</summary>
    internal static readonly JsonSerializerOptions Whole = new(Json)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The same where values that are as usual are left out: only what can never be one is missed.</summary>
    internal static readonly JsonSerializerOptions Settings = new(Json)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = Json.TypeInfoResolver!.WithAddedModifier(NoNullsInLists.Refuse).WithAddedModifier(type => type.Properties
            .Where(p => p.AssociatedParameter is { IsNullable: false, HasDefaultValue: false } && !p.PropertyType.IsValueType)
            .ToList()
            .ForEach(p => p.IsRequired = true)),
    };

    internal static bool IsDamage(Exception e) => e is JsonException or NotSupportedException or ArgumentException
        or FormatException;
}

/// <summary>An enum as its word. One that does not exist stops nobody: see <see cref="UnreadableColumns"/>.</summary>
internal sealed class WordConverter<T>() : ValueConverter<T, string>(v => v.ToString(), v => Read(v))
    where T : struct, Enum
{
    private static T Read(string stored) => Enum.TryParse<T>(stored, out var word) && Enum.IsDefined(word)
        ? word
        : UnreadableColumns.Met(UnreadableColumns.Word<T>());
}

/// <summary>A text. What was stored as a sentence, before there were keys, stays what it says.</summary>
internal sealed class TextConverter() : ValueConverter<Text, string>(v => Write(v), v => Read(v))
{
    // Words that everybody may read stay words: a plan's name can be asked for.
    private static string Write(Text text) =>
        text.Key.Length == 0 && text.Full == text.Unnamed && !text.Full.StartsWith('{') ? text.Full
            : JsonSerializer.Serialize(text, Columns.Json);

    private static Text Read(string stored)
    {
        try
        {
            return stored.StartsWith('{') ? JsonSerializer.Deserialize<Text>(stored, Columns.Json)! : Text.Verbatim(stored);
        }
        catch (Exception e) when (Columns.IsDamage(e))
        {
            return Text.Verbatim(stored); // somebody's words may begin so, too
        }
    }
}

/// <summary>A value that is always read and written as a whole.</summary>
internal sealed class JsonConverter<T>() : ValueConverter<T, string>(v => JsonSerializer.Serialize(v, Columns.Json), v => Read(v))
    where T : class
{
    private static readonly bool HoldsSettings = typeof(T).GetProperties()
        .Any(p => p.IsDefined(typeof(Core.Revisions.EditedAttribute), false));

    private static T Read(string stored)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(stored, HoldsSettings ? Columns.Settings : Columns.Json)
                ?? throw new JsonException("nobody stores null as a word");
        }
        catch (Exception e) when (Columns.IsDamage(e))
        {
            return UnreadableColumns.Met(HoldsSettings ? UnreadableColumns.Rest<T>(stored) : UnreadableColumns.Value<T>());
        }
    }
}

internal sealed class JsonComparer<T>() : ValueComparer<T>(
    (a, b) => JsonSerializer.Serialize(a, Columns.Json) == JsonSerializer.Serialize(b, Columns.Json),
    v => JsonSerializer.Serialize(v, Columns.Json).GetHashCode(StringComparison.Ordinal),
    v => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(v, Columns.Json), Columns.Json)!)
    where T : class;
