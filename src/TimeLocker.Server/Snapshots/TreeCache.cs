using System.Data;
using Microsoft.Data.Sqlite;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Snapshots;

/// <summary>
/// Folders of snapshots that were read once. A tree id is a hash of the folder, so what it stands for never changes: entries
/// outlive backups and serve every snapshot that has the same folder. A file of its own; deleting it loses nothing.
/// </summary>
public sealed class TreeCache : IDisposable
{
    private const long LargestFile = 1L << 30, LargestMemory = 32 << 20, Page = 4096;

    private const string Rules = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS tree(id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, entries INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS entry(tree INTEGER NOT NULL, ord INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, size INTEGER NOT NULL,
            modified INTEGER NOT NULL, mode INTEGER NOT NULL, subtree TEXT, link TEXT, PRIMARY KEY(tree, ord)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS place(snapshot TEXT NOT NULL, path TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY(snapshot, path)) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;
    private readonly Lock turn = new();

    /// <param name="largest">Bytes that it may have; what comes then is not kept. A file that has nearly as many is
    /// begun anew.</param>
    public TreeCache(string file, long largest = LargestFile)
    {
        if (File.Exists(file) && new FileInfo(file).Length > largest / 10 * 9)
        {
            File.Delete(file);
        }

        // no room for a file: a little in memory
        connection = Open(file, largest) ?? Fresh(file, largest) ?? Open(":memory:", LargestMemory)!;
    }

    /// <summary>The tree id of a folder in a snapshot, where it is known.</summary>
    public string? Place(string snapshot, string path)
    {
        lock (turn)
        {
            using var command = Command("SELECT hash FROM place WHERE snapshot=$a AND path=$b", snapshot, path);
            return command.ExecuteScalar() as string;
        }
    }

    public void SetPlace(string snapshot, string path, string hash) => Keep(() =>
    {
        using var command = Command("INSERT OR REPLACE INTO place VALUES($a,$b,$c)", snapshot, path, hash);
        command.ExecuteNonQuery();
    });

    /// <summary>How many entries the folder has, or null when it was never read.</summary>
    public int? Count(string hash)
    {
        lock (turn)
        {
            using var command = Command("SELECT entries FROM tree WHERE hash=$a", hash);
            return command.ExecuteScalar() is long entries ? (int)entries : null;
        }
    }

    /// <summary>Entries after a position (-1: from the beginning), in the folder's order.</summary>
    public IReadOnlyList<TreeEntry> Read(string hash, int after, int limit)
    {
        lock (turn)
        {
            using var command =
                Command("SELECT name,kind,size,modified,mode,subtree,link FROM entry WHERE tree=(SELECT id FROM tree "
                + "WHERE hash=$a) AND ord>$b ORDER BY ord LIMIT $c", hash, after, limit);
            return Entries(command);
        }
    }

    public TreeEntry? Find(string hash, string name)
    {
        lock (turn)
        {
            using var command =
                Command("SELECT name,kind,size,modified,mode,subtree,link FROM entry WHERE tree=(SELECT id FROM tree "
                + "WHERE hash=$a) AND name=$b LIMIT 1", hash, name);
            return Entries(command).FirstOrDefault();
        }
    }

    /// <returns>False: it could not be kept, since the disk is full. Whoever has read the folder goes on with what was
    /// read.</returns>
    public bool Add(SnapshotTree tree) => Keep(() =>
    {
        using var transaction = connection.BeginTransaction();
        using var head = Command("INSERT OR IGNORE INTO tree(hash,entries) VALUES($a,$b) RETURNING id", tree.TreeId,
            tree.Entries.Count);
        if (head.ExecuteScalar() is long id)
        {
            Add(id, tree.Entries);
        }

        transaction.Commit();
    });

    public void Dispose() => connection.Dispose();

    private static SqliteConnection? Open(string file, long largest)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // apart: what fails after a statement with an answer is not told
            foreach (var sql in (string[])[$"PRAGMA max_page_count={largest / Page}", Rules, Schema])
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }

            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            return null;
        }
    }

    private static SqliteConnection? Fresh(string file, long largest)
    {
        try
        {
            File.Delete(file);
            return Open(file, largest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private bool Keep(Action write)
    {
        lock (turn)
        {
            try
            {
                write();
                return true;
            }
            catch (SqliteException)
            {
                return false; // a cache is no reason to show nothing
            }
        }
    }

    private void Add(long id, IReadOnlyList<TreeEntry> entries)
    {
        using var command = Command("INSERT INTO entry VALUES($a,$b,$c,$d,$e,$f,$g,$h,$i)", id, 0, "", 0, 0L, 0L, 0,
            DBNull.Value, DBNull.Value);
        command.Prepare();
        for (var at = 0; at < entries.Count; at++)
        {
            var e = entries[at];
            object[] values = [id, at, e.Name, (int)e.Kind, e.Size, e.Modified.UtcTicks, e.Mode,
                (object?)e.Subtree ?? DBNull.Value, (object?)e.LinkTarget ?? DBNull.Value];
            for (var column = 0; column < values.Length; column++)
            {
                command.Parameters[column].Value = values[column];
            }

            command.ExecuteNonQuery();
        }
    }

    private static List<TreeEntry> Entries(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var entries = new List<TreeEntry>();
        while (reader.Read())
        {
            entries.Add(new(reader.GetString(0), (EntryKind)reader.GetInt32(1), reader.GetInt64(2),
                new(reader.GetInt64(3), TimeSpan.Zero), reader.GetInt32(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return entries;
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var at = 0; at < values.Length; at++)
        {
            command.Parameters.AddWithValue($"${(char)('a' + at)}", values[at]);
        }

        return command;
    }
}
