using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Data;

/// <summary>
/// A word, an id, a list or JSON that nobody wrote, as one flipped bit leaves it. It is read as what does least harm,
/// so that one row does not hide all others;
/// <see cref="DatabaseWatch"/> names the row, and <see cref="In"/> tells whoever must not go by it.
/// </summary>
internal sealed class UnreadableColumns : IMaterializationInterceptor
{
    private static readonly ConditionalWeakTable<object, object> damaged = [];

    private UnreadableColumns() { }

    /// <summary>One for all: EF builds a world of its own for each that it is given.</summary>
    public static UnreadableColumns Interceptor { get; } = new();

    /// <summary>
    /// Of which row something could not be read: the database's file, the row's type and <see cref="Name"/>. Each time
    /// that it is met.
    /// </summary>
    public static event Action<string, Type, string>? Found;

    [ThreadStatic]
    private static bool met; // a row is put together on one thread

    /// <summary>Whether something of this row could not be read.</summary>
    public static bool In(object row) => damaged.TryGetValue(row, out _);

    /// <summary>For a setting, which is no column by itself.</summary>
    internal static void Tell(TimeLockerDb db, string setting) =>
        Found?.Invoke(File(db), typeof(Setting), $"{nameof(Setting)} {setting}");

    /// <summary>The type and the key of a row.</summary>
    public static string Name(IEntityType type, object row) =>
        $"{type.ClrType.Name} {string.Join(' ', type.FindPrimaryKey()?.Properties.Select(p => p.GetGetter().GetClrValue(row)) ?? [])}";

    internal static T Met<T>(T instead)
    {
        met = true;
        return instead;
    }

    internal static T Word<T>() where T : struct, Enum => Enum.TryParse<T>("Unreadable", out var word) ? word
        : (T)(object)(default(T) switch
        {
            RunState => RunState.Ended, // nothing is begun, joined or waited for
            TokenScope => TokenScope.Metrics,
            _ => default(T), // for a role the one that may least
        });

    internal static T Value<T>() where T : class
    {
        if (typeof(T) == typeof(RunRequest))
        {
            return (T)(object)new UnreadableRequest();
        }

        if (typeof(T) == typeof(Problem))
        {
            return (T)(object)Problems.CannotReadDatabaseDamaged;
        }

        foreach (var empty in (string[])["{}", "[]"])
        {
            try
            {
                return JsonSerializer.Deserialize<T>(empty, Columns.Whole)!;
            }
            catch (JsonException)
            {
                // The other one.
            }
        }

        return JsonSerializer.Deserialize<T>("{}", Columns.Json)!; // of numbers and moments alone
    }

    /// <summary>Of a record of settings, which is many columns in one, each that can be read; the others are as usual.</summary>
    internal static T Rest<T>(string stored) where T : class
    {
        var readable = new JsonObject();
        foreach (var (name, value) in Members(stored))
        {
            var one = new JsonObject { [name] = value?.DeepClone() };
            try
            {
                one.Deserialize<T>(Columns.Settings);
                readable[name] = value?.DeepClone();
            }
            catch (Exception e) when (Columns.IsDamage(e))
            {
                // It is left out.
            }
        }

        return readable.Deserialize<T>(Columns.Settings)!;
    }

    private static List<KeyValuePair<string, JsonNode?>> Members(string stored)
    {
        try
        {
            return [.. JsonNode.Parse(stored) as JsonObject ?? []];
        }
        catch (Exception e) when (Columns.IsDamage(e))
        {
            return [];
        }
    }

    public InterceptionResult<object> CreatingInstance(MaterializationInterceptionData materializationData,
        InterceptionResult<object> result)
    {
        met = false;
        return result;
    }

    public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
    {
        if (met)
        {
            met = false;
            damaged.AddOrUpdate(entity, entity);
            var type = materializationData.EntityType;
            Found?.Invoke(File(materializationData.Context), type.ClrType, Name(type, entity));
        }

        return entity;
    }

    private static string File(DbContext db) => new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
}
