using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Tests.Architecture;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>The ready hooks of deploy/hooks against the real programs: what is saved can be brought back.</summary>
public sealed class RecipeTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    public async Task InitializeAsync() => target = await rig.CreateRepositoryAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    // As its admin would: copied, with the values set.
    private void Copy(string recipe, params (string Name, string Value)[] values)
    {
        var lines = File.ReadAllLines(Path.Combine(Sources.Root, "deploy", "hooks", recipe));
        foreach (var (name, value) in values)
        {
            var at = Array.FindIndex(lines, line => line.StartsWith(name + "=", StringComparison.Ordinal));
            at.ShouldBeGreaterThanOrEqualTo(0, name);
            lines[at] = $"{name}='{value}'";
        }

        rig.WriteHook(recipe, string.Join('\n', lines));
    }

    private async Task<string> SaveAsync(string recipe, string name)
    {
        var spec = rig.Backup(target) with { Options = new() { Command = new CommandSource(recipe, name) } };
        var run = await rig.RunAsync(spec);
        run.Outcome.ShouldBe(RunOutcome.Succeeded, $"{run.Problem} {await rig.LogAsync(spec.RunId)}");
        await using var file = await rig.Agent.OpenAsync(new FileRequest(target, run.SnapshotId!, [name],
            DownloadFormat.File), default);
        var back = rig.In("back" + Path.GetExtension(name));
        await using var copy = File.Create(back);
        await file.CopyToAsync(copy);
        return back;
    }

    [Fact]
    public async Task Sqlite_is_saved_as_one_moment_while_others_write()
    {
        var database = rig.In("shop.db");
        await AgentRig.ShellAsync(
            $"sqlite3 {database} 'PRAGMA journal_mode=WAL; CREATE TABLE sale(id INTEGER PRIMARY KEY, twice INT); "
            + $"CREATE TABLE total(n INT); INSERT INTO total VALUES(0);'", rig.Root);
        Copy("sqlite-copy", ("database", database), ("scratch", rig.Root));
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await AgentRig.ShellAsync(
                    $"sqlite3 -cmd '.timeout 30000' {database} 'BEGIN IMMEDIATE; INSERT INTO sale(twice) VALUES(1); "
                    + $"UPDATE total SET n=n+1; COMMIT;'", rig.Root);
            }
        });

        var back = await SaveAsync("sqlite-copy", "/dumps/shop.db");

        await enough.CancelAsync();
        await writing;
        (await AgentRig.ShellAsync(
            $"sqlite3 {back} 'PRAGMA integrity_check; SELECT (SELECT count(*) FROM sale) = (SELECT n FROM total);'",
            rig.Root)).ShouldBe("ok\n1\n");
        Directory.EnumerateFileSystemEntries(rig.Root, "sqlite-copy.*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_a_failure_with_its_own_words()
    {
        Copy("sqlite-copy", ("database", rig.In("gone.db")), ("scratch", rig.Root));

        var run = await rig.RunAsync(rig.Backup(target) with
        {
            Options = new() { Command = new CommandSource("sqlite-copy", "/shop.db") }
        });

        run.Problem!.Why.Full.ShouldBe($"It ended with exit code 1. It said: “{rig.In("gone.db")} is not there”.");
    }

    [PostgresFact]
    public async Task PostgreSQL_is_saved_and_brought_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.SqlAsync("postgres", "CREATE DATABASE shop");
        await server.SqlAsync("shop",
            "CREATE TABLE sale(id int, what text); INSERT INTO sale SELECT n, 'thing ' || n FROM generate_series(1, 5000) n");
        Copy("pg-dump", ("user", server.User), ("socket", server.Socket));
        Copy("pg-dumpall", ("user", server.User), ("socket", server.Socket));

        var one = await SaveAsync("pg-dump", "/dumps/shop.pgdump");
        var all = await SaveAsync("pg-dumpall", "/dumps/postgresql.sql");

        await server.SqlAsync("postgres", "DROP DATABASE shop");
        await server.ReadAsync("pg_restore --create --dbname=postgres", one);
        (await server.SqlAsync("shop", "SELECT count(*), max(what) FROM sale")).Trim().ShouldBe("5000|thing 999");
        await server.SqlAsync("postgres", "DROP DATABASE shop");
        await server.ReadAsync("psql --quiet --dbname=postgres", all);
        (await server.SqlAsync("shop", "SELECT count(*) FROM sale")).Trim().ShouldBe("5000");
    }
}
