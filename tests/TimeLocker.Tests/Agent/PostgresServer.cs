using System.Text;
using TimeLocker.Core.Processes;

namespace TimeLocker.Tests.Agent;

/// <summary>A PostgreSQL server of its own, on a socket in a temporary folder. Gone afterwards.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string root;

    private PostgresServer(string root) => this.root = root;

    /// <summary>The folder of the newest server's programs, or null.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max(StringComparer.Ordinal)
        : null;

    // The server refuses root: then it runs as the user that its package made.
    public string User { get; } = Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName;

    public string Socket => Path.Combine(root, "socket");

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("tl-postgres-").FullName);
        await ShellAsync($"mkdir {server.Socket} && if [ $(id -u) = 0 ]; then chown -R {server.User} {server.root}; fi");
        await server.AsAsync(
            $"{Programs}/initdb --auth=trust --username={server.User} --no-sync --pgdata={server.root}/data >/dev/null");
        await server.AsAsync(
            $"{Programs}/pg_ctl --wait --timeout=60 --pgdata={server.root}/data --log={server.root}/log "
            + $"--options=\"-c listen_addresses='' -c unix_socket_directories={server.Socket} -c fsync=off\" start >/dev/null");
        return server;
    }

    public Task<string> SqlAsync(string database, string sql) =>
        ShellAsync($"{Programs}/psql --host={Socket} --username={User} --dbname={database} --no-align --tuples-only "
        + $"--quiet --set=ON_ERROR_STOP=1 --command=\"{sql}\"");

    public Task ReadAsync(string program, string file) =>
        ShellAsync($"{Programs}/{program} --host={Socket} --username={User} {(program.StartsWith("psql", StringComparison.Ordinal) ? $"--file={file}" : file)} >/dev/null 2>&1 || true");

    public async ValueTask DisposeAsync()
    {
        await AsAsync($"{Programs}/pg_ctl --wait --mode=immediate --pgdata={root}/data stop >/dev/null");
        Directory.Delete(root, recursive: true);
    }

    private Task<string> AsAsync(string command) =>
        ShellAsync(Environment.IsPrivilegedProcess ? $"runuser -u {User} -- {command}" : command);

    private static async Task<string> ShellAsync(string script)
    {
        var said = await ChildProcess.RunAsync(new ChildCommand("sh",
            ["-c", script])
        {
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
                ["LANG"] = "C.UTF-8",
            }
        }, TimeSpan.FromMinutes(2), 1 << 20, default);
        return said.ExitCode == 0 ? Encoding.UTF8.GetString(said.Output)
            : throw new InvalidOperationException($"{script}: {said.Errors}");
    }
}
