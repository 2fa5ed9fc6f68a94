using System.Globalization;
using Microsoft.Data.Sqlite;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>A database file that SQLite cannot make sense of: said as what it is, wherever it is met.</summary>
internal static class DatabaseDamage
{
    // SQLite's result codes (sqlite.org/rescode.html).
    private const int Corrupt = 11, NoDatabase = 26;
    private static readonly Text Remedy = Texts.StopTimelockerPutFile;

    /// <returns>Null: the fault is something else.</returns>
    public static ProblemException? Explain(Exception? fault, string file = "timelocker.db") => fault switch
    {
        null or ProblemException => null,
        SqliteException { SqliteErrorCode: Corrupt or NoDatabase } own => new(ProblemKind.Unavailable,
            Of(file, own.SqliteErrorCode == Corrupt ? Texts.SomePagesHoldWhat : Texts.NoDatabaseAnyMore), own),
        _ => Explain(fault.InnerException, file),
    };

    /// <summary>A row without which nothing may be written.</summary>
    public static ProblemException Of(Text why) => new(ProblemKind.Unavailable, Of("timelocker.db", why));

    /// <summary>Reads every page of the database once.</summary>
    /// <exception cref="SqliteException">of <see cref="Explain"/>: it is so damaged that it cannot be looked at.</exception>
    public static async Task<Problem?> LookAsync(string file, CancellationToken ct)
    {
        await ReadAheadAsync(file, ct);
        var alone = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        await using var connection = new SqliteConnection(alone.ToString());
        await connection.OpenAsync(ct);
        if (new FileInfo(file).Length % long.Parse(Column(connection, "PRAGMA page_size")[0], CultureInfo.InvariantCulture) != 0)
        {
            return Of(file, Texts.EndsWithinPage);
        }

        foreach (var table in Column(connection, "SELECT name FROM sqlite_master WHERE type = 'table'"))
        {
            ct.ThrowIfCancellationRequested();
            if (Said(connection, table) is { } found)
            {
                return Of(file, Texts.SqlitesCheckTableSays(table, found));
            }
        }

        return null;
    }

    private static Problem Of(string file, Text why) => new(Texts.Damaged(file), why, Remedy);

    private static string? Said(SqliteConnection connection, string table)
    {
        try
        {
            return Column(connection,
                $"PRAGMA quick_check(\"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\")") is [not "ok"
                and var found, ..] ? found.Split('\n')[^1] : null;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == Corrupt)
        {
            return "it cannot be read";
        }
    }

    // The check itself jumps about in the file and keeps writers out meanwhile; what was read in order before is in memory then.
    private static async Task ReadAheadAsync(string file, CancellationToken ct)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete, 1 << 20,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        await stream.CopyToAsync(Stream.Null, 1 << 20, ct);
    }

    private static List<string> Column(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> found = [];
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }
}
