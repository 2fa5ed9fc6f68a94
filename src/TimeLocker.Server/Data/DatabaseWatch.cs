using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>
/// Says in the log which rows cannot be read, and looks at a database that is too large to be looked at before the
/// first page is shown. Whoever meets the damage is told of it, too.
/// </summary>
public sealed class DatabaseWatch : IDisposable
{
    private readonly ConcurrentDictionary<string, Type> said = [];
    private readonly IDbContextFactory<TimeLockerDb> databases;
    private readonly ServerOptions options;
    private readonly ILogger<DatabaseWatch> log;

    /// <summary>It listens from now on: settings are read before the server starts.</summary>
    public DatabaseWatch(IDbContextFactory<TimeLockerDb> databases, ServerOptions options, ILogger<DatabaseWatch> log)
    {
        (this.databases, this.options, this.log) = (databases, options, log);
        UnreadableColumns.Found += Say;
    }

    /// <summary>What the look at a large database found.</summary>
    public Problem? Damage { get; private set; }

    /// <summary>What could not be read when it was last met, without looking again.</summary>
    public IReadOnlyList<string> Met => [.. said.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// The rows that were met since the start and still cannot be read, by their type and key; and settings, which may
    /// be written anew before anybody is told.
    /// </summary>
    public async Task<IReadOnlyList<string>> RowsAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var type in said.Values.Distinct().Where(type => type != typeof(Setting))
            .Select(type => db.Model.FindEntityType(type)).OfType<IEntityType>())
        {
            var still = await ((Task<HashSet<string>>)Reader.MakeGenericMethod(type.ClrType).Invoke(null, [db, type, ct])!);
            foreach (var whole in said.Where(known => known.Value == type.ClrType && !still.Contains(known.Key)))
            {
                said.TryRemove(whole);
            }
        }

        return [.. said.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>It was too large to be read as a whole before the first page is shown.</summary>
    internal bool IsUnread => new FileInfo(options.DatabaseFile).Length > options.LookedAtBeforeStart;

    public void Dispose() => UnreadableColumns.Found -= Say;

    private static readonly MethodInfo Reader = typeof(DatabaseWatch).GetMethod(nameof(UnreadableAsync),
        BindingFlags.NonPublic | BindingFlags.Static)!;

    // The whole table: a damaged key does not find its row.
    private static async Task<HashSet<string>> UnreadableAsync<T>(TimeLockerDb db, IEntityType type, CancellationToken ct)
        where T : class
    {
        HashSet<string> found = [];
        await foreach (var row in db.Set<T>().AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            if (UnreadableColumns.In(row))
            {
                found.Add(UnreadableColumns.Name(type, row));
            }
        }

        return found;
    }

    private void Say(string file, Type type, string row)
    {
        if (file == options.DatabaseFile && said.TryAdd(row, type))
        {
            log.LogError(
                "{File} is damaged: a part of the row {Row} cannot be read; what can be read is shown. Stop TimeLocker and put the file back from a copy.",
                options.DatabaseFile, row);
        }
    }

    /// <summary>Reads all of it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A database that cannot be looked at is told as damaged.")]
    internal async Task LookAsync(CancellationToken ct)
    {
        try
        {
            if (await DatabaseDamage.LookAsync(options.DatabaseFile, ct) is { } damage)
            {
                Damage = damage;
                log.LogCritical("{What} {Why} {Next}", damage.What.Full, damage.Why.Full, damage.Next.Full);
            }
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            Damage = DatabaseDamage.Explain(fault, options.DatabaseFile)?.Problem;
            log.LogCritical("{Damage}", Damage?.Why.Full ?? $"{options.DatabaseFile} could not be looked at: {fault.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server stops; the next one looks.
        }
    }
}
