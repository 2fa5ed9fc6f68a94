using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TimeLocker.Tests.Doubles;

/// <summary>
/// A disk with as much room for one database as a test leaves it: SQLite says SQLITE_FULL where it would on a real one.
/// The limit belongs to a connection, so it is set on each that is opened.
/// </summary>
internal sealed class SmallDisk : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const long Endless = 1_073_741_823;

    private readonly string file;
    private readonly Lock gate = new();
    private readonly List<IDisposable> subscriptions = [];
    private long most = Endless;
    private volatile bool readOnly;

    public SmallDisk(string file)
    {
        this.file = file;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>From now on the database may grow by so many pages (4 KiB each).</summary>
    public void Leave(int pages)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA page_count";
        Volatile.Write(ref most, (long)command.ExecuteScalar()! + pages);
    }

    /// <summary>It takes no writes at all, as after a fault of the disk.</summary>
    public void MakeReadOnly() => readOnly = true;

    public void MakeRoom()
    {
        readOnly = false;
        Volatile.Write(ref most, Endless);
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            lock (gate)
            {
                subscriptions.Add(value.Subscribe(this, name => name == RelationalEventId.ConnectionOpened.Name));
            }
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is ConnectionEndEventData { Connection: SqliteConnection connection } && connection.DataSource == file)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count={Volatile.Read(ref most)}; PRAGMA query_only={(readOnly ? 1 : 0)}";
            command.ExecuteNonQuery();
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        lock (gate)
        {
            subscriptions.ForEach(s => s.Dispose());
        }
    }
}
