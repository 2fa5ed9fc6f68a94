using System.Collections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Shouldly;
using TimeLocker.Core.Audit;
using TimeLocker.Server;
using TimeLocker.Server.Data;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>
/// One value in one row is not what TimeLocker wrote: whichever it is, the row's list is still there, with all the
/// others.
/// </summary>
public sealed class DamagedColumnsTests : IAsyncLifetime
{
    private static readonly string[] Damages = ["", "damaged", "null", "{\"a\":", "[1,{}]", "3f2504e0-4f89"];

    private DemoRig rig = null!;

    public async Task InitializeAsync() => rig = await DemoRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Whatever_a_column_holds_each_table_is_read_to_its_end()
    {
        await using var db = await rig.DatabaseAsync();
        var wrong = new List<string>();
        var read = 0;
        foreach (var column in Columns(db))
        {
            var table = column.DeclaringType.GetTableName()!;
            var rows = await CountAsync(db, table);
            foreach (var damage in rows == 0 ? [] : Damages)
            {
                await using var damaged = await DamagedAsync(column, damage);
                try
                {
                    var least = await CountAsync(db, table);
                    var found = await ReadAsync(column.DeclaringType.ClrType);
                    found.ShouldBeInRange(least, await CountAsync(db, table)); // a plan of the demo may be due meanwhile
                    read++;
                }
                catch (Exception fault)
                {
                    wrong.Add($"{table}.{column.Name} = “{damage}”: {fault.GetType().Name} {fault.Message}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        read.ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task Whatever_an_id_a_list_or_a_setting_holds_everything_that_can_be_asked_for_is_answered()
    {
        await using var db = await rig.DatabaseAsync();
        var (client, _) = await rig.ClientAsync();
        using var asking = client;
        var addresses = await AddressesAsync(db);
        foreach (var address in addresses)
        {
            (await AskAsync(client, address)).Status.ShouldBeLessThan(300, address);
        }

        var places = await db.Repositories.Select(r => r.Id).ToListAsync();
        var wrong = new List<string>();
        foreach (var column in Columns(db)
            .Where(c => c.ClrType == typeof(Guid) || c.ClrType == typeof(Guid?) || c.ClrType == typeof(DateOnly)
                || c.GetElementType() is not null || IsJson(c)))
        {
            await using var damaged = await DamagedAsync(column, "damaged");
            (await rig.Get<SnapshotCatalog>().TagsAsync(places[0])).ShouldNotBeNull(); // a page asks for these
            foreach (var address in addresses)
            {
                if (await AskAsync(client, address) is { Status: >= 500 } answer
                    && !answer.Words.Contains("damaged", StringComparison.Ordinal))
                {
                    wrong.Add($"{column.DeclaringType.GetTableName()}.{column.Name}: {address} {answer.Words}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static bool IsJson(IProperty column) =>
        column.GetValueConverter()?.GetType() is { IsGenericType: true } converter
            && converter.GetGenericTypeDefinition() == typeof(JsonConverter<>);

    private static IEnumerable<IProperty> Columns(TimeLockerDb db) => db.Model.GetEntityTypes().SelectMany(e => e.GetProperties())
        // no list; whoever verifies the trail reads its rows by themselves
        .Where(p => p.DeclaringType.ClrType != typeof(AuditEntry)
            && !(p.IsPrimaryKey() && p.ClrType.IsPrimitive)); // SQLite itself takes nothing else for a number that is a row's key

    private static async Task<(int Status, string Words)> AskAsync(HttpClient client, string address)
    {
        while (true)
        {
            using var response = await client.GetAsync($"api/v1{address}", HttpCompletionOption.ResponseHeadersRead);
            if ((int)response.StatusCode != 429)
            {
                try
                {
                    return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
                }
                catch (HttpRequestException fault)
                {
                    return (599, $"broke off: {fault.InnerException?.Message}"); // what was begun cannot be said to its end
                }
            }

            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
        }
    }

    // Of the first ones, which are damaged, and of others, which are not.
    private static async Task<IReadOnlyList<string>> AddressesAsync(TimeLockerDb db)
    {
        var plans = await db.Plans.Select(p => p.Id).ToListAsync();
        var places = await db.Repositories.Select(r => r.Id).ToListAsync();
        return
        [
            .. BuiltIns.Operations().All.Where(o => o.Method == HttpMethod.Get && !o.Streams
                && !o.Route.Contains('{', StringComparison.Ordinal)).Select(o => o.Route),
            .. ((string[])["/retention/preview", "/retention/calendar", "/retention/pending", "/upcoming", "/triggers",
                ""]).SelectMany(part => Ends(plans, id => $"/plans/{id}{part}")),
            .. Ends(plans, id => $"/runs?plan={id}"),
            .. ((string[])["/snapshots", "/snapshots?tag=7-years", "/snapshot-groups", "/growth",
                ""]).SelectMany(part => Ends(places, id => $"/repositories/{id}{part}")),
        ];
    }

    private static string[] Ends(List<Guid> ids, Func<Guid, string> address) => [address(ids[0]), address(ids[^1])];

    private static async Task<int> CountAsync(TimeLockerDb db, string table)
    {
        var sql = $"SELECT count(*) AS Value FROM \"{table}\"";
        return await db.Database.SqlQueryRaw<int>(sql).SingleAsync();
    }

    private async Task<int> ReadAsync(Type row)
    {
        await using var db = await rig.DatabaseAsync();
        var set = (IQueryable)db.GetType().GetMethod("Set", 1, [])!.MakeGenericMethod(row).Invoke(db, null)!;
        return ((IEnumerable)set).Cast<object>().Count();
    }

    /// <summary>
    /// The first row's value, until it is put back. No rule of the database stands in the way: damage does not ask.
    /// </summary>
    private async Task<Damage> DamagedAsync(IProperty column, string value)
    {
        var file = rig.Get<ServerOptions>().DatabaseFile;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            ForeignKeys = false,
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString());
        await connection.OpenAsync();
        return await Damage.DoneAsync(connection, column.DeclaringType.GetTableName()!, column.GetColumnName(), value);
    }

    private sealed class Damage : IAsyncDisposable
    {
        private readonly SqliteConnection connection;
        private readonly string put;
        private readonly (object Row, object Value)? before;

        private Damage(SqliteConnection connection, string put, (object Row, object Value)? before) =>
            (this.connection, this.put, this.before) = (connection, put, before);

        public static async Task<Damage> DoneAsync(SqliteConnection connection, string table, string column, string value)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT rowid, \"{column}\" FROM \"{table}\" ORDER BY rowid LIMIT 1";
            await using var reader = await command.ExecuteReaderAsync();
            var damage = new Damage(connection, $"UPDATE \"{table}\" SET \"{column}\" = $value WHERE rowid = $row",
                await reader.ReadAsync() ? (reader.GetValue(0), reader.GetValue(1)) : null);
            await reader.DisposeAsync();
            await damage.PutAsync(value);
            return damage;
        }

        public async ValueTask DisposeAsync()
        {
            await PutAsync(before?.Value);
            await connection.DisposeAsync();
        }

        private async Task PutAsync(object? value)
        {
            if (before is { } known)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = put;
                command.Parameters.AddWithValue("$value", value);
                command.Parameters.AddWithValue("$row", known.Row);
                await command.ExecuteNonQueryAsync();
            }
        }
    }
}
