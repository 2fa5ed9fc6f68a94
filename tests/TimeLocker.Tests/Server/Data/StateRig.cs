using Microsoft.Data.Sqlite;
using TimeLocker.Server;
using TimeLocker.Server.Data;

namespace TimeLocker.Tests.Server.Data;

/// <summary>A state directory without a server.</summary>
public sealed class StateRig : IDisposable
{
    public StateRig() => Root = Directory.CreateTempSubdirectory("tl-state-").FullName;

    public string Root { get; }
    public ServerOptions Options => new() { Data = Path.Combine(Root, "state") };
    public string File => Options.DatabaseFile;

    public Task<Installation> OpenAsync(bool create = true) =>
        StateDirectory.OpenAsync(DataSetup.Factory(File), Options, create, TimeProvider.System, default);

    public Task<TimeLockerDb> DatabaseAsync() => DataSetup.Factory(File).CreateDbContextAsync();

    /// <summary>As another program would: without the rules of this product.</summary>
    public object? Sql(string sql, string? file = null)
    {
        using var connection = new SqliteConnection($"Data Source={file ?? File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Root, recursive: true);
    }
}
