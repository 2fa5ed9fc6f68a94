using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Shouldly;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

public sealed class MigrationsTests : IDisposable
{
    private readonly StateRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task Nothing_in_the_model_waits_for_a_migration()
    {
        await rig.OpenAsync();
        await using var db = await rig.DatabaseAsync();

        db.Database.HasPendingModelChanges().ShouldBeFalse();
        (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_migrations_build_exactly_the_schema_of_the_model()
    {
        await rig.OpenAsync();
        var made = Path.Combine(rig.Root, "model.db");
        await using (File.Create(made))
        {
        }

        await using var model = await DataSetup.Factory(made).CreateDbContextAsync();
        await model.Database.EnsureCreatedAsync();

        await using var migrated = await rig.DatabaseAsync();
        (await SchemaAsync(migrated)).ShouldBe(await SchemaAsync(model));
    }

    [Fact]
    public async Task What_was_there_before_things_had_revisions_begins_with_the_first()
    {
        var older = Path.Combine(rig.Root, "older.db");
        await using (File.Create(older))
        {
        }

        await using var db = await DataSetup.Factory(older).CreateDbContextAsync();
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("CopyRetention");
        await db.Database.ExecuteSqlRawAsync(
            "INSERT INTO Policies(Id, Name, Policy, CreatedAt) VALUES('0199c0de-0000-7000-8000-000000000001', 'Home', '{{}}', 0)");

        await migrator.MigrateAsync();

        (await db.Policies.SingleAsync()).Revision.ShouldBe(1);
        (await db.Revisions.CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("two", 2)]
    [InlineData("99", 2)]
    [InlineData(null, 2)]
    public async Task What_was_set_for_all_machines_is_each_machines_own_from_now_on(string? before, int runs)
    {
        var older = Path.Combine(rig.Root, "older.db");
        await using (File.Create(older))
        {
        }

        await using var db = await DataSetup.Factory(older).CreateDbContextAsync();
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("Revisions");
        await db.Database.ExecuteSqlRawAsync(
            "INSERT INTO Machines(Id, Name, Host, System, Home, Schemes, Programs) "
            + "VALUES('0199C0DE-0000-7000-8000-000000000001', 'here', 'here', '', '', '[]', '[]')");
        if (before is not null)
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO Settings(Name, Value) VALUES('queue.machine-cap', {before})");
        }

        await migrator.MigrateAsync();

        (await db.Machines.SingleAsync() is { Cap: var cap, Zone: null } ? cap : 0).ShouldBe(runs);
        (await db.Settings.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_machine_of_a_repository_looks_after_it_from_now_on_and_those_whose_plans_save_to_it_reach_it()
    {
        var older = Path.Combine(rig.Root, "older.db");
        await using (File.Create(older))
        {
        }

        await using var db = await DataSetup.Factory(older).CreateDbContextAsync();
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("RunsByQueueing");
        Guid[] ids = [.. Enumerable.Range(1, 4).Select(n => new Guid($"0199c0de-0000-7000-8000-00000000000{n}"))];
        var (here, there, nas, torn) = (Text(0), Text(1), Text(2), Text(3));
        await SqlAsync(
            $"INSERT INTO Machines(Id, Name, Host, System, Home, Schemes, Programs) VALUES('{here}', 'here', 'here', "
            + $"'', '', '[]', '[]'), ('{there}', 'there', 'there', '', '', '[]', '[]')");
        await SqlAsync($"INSERT INTO Settings(Name, Value) VALUES('machine.local', '{ids[0]}')");
        foreach (var (place, machine) in new[] { (nas, there), (torn, "torn") })
        {
            await AddAsync("Repositories", ("Id", place), ("Name", place), ("MachineId", machine), ("CreatedAt", 7L));
        }

        await AddAsync("Plans", ("Id", Text(3)), ("Name", "one"), ("RepositoryId", nas), ("MachineId", here), ("CreatedAt", 9L));
        await AddAsync("Plans", ("Id", Text(2)), ("Name", "two"), ("RepositoryId", nas), ("MachineId", there), ("CreatedAt", 8L));

        await migrator.MigrateAsync();

        (await db.RepositoryReach.AsNoTracking().OrderBy(m => m.Since).ThenBy(m => m.RepositoryId).ToListAsync())
            .Select(m => (m.RepositoryId, m.MachineId, m.IsHome, m.Since.UtcTicks))
            .ShouldBe([(ids[2], ids[1], true, 7), (ids[3], ids[0], true, 7), (ids[2], ids[0], false, 9)]);
        (await db.Repositories.AsNoTracking().SingleAsync(r => r.Name == nas)).HomeId.ShouldBe(ids[1]);

        string Text(int n) => ids[n].ToString().ToUpperInvariant();
        Task SqlAsync(string sql) =>
            db.Database.ExecuteSqlRawAsync(sql.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}",
                StringComparison.Ordinal));

        // Whatever else the row needs gets a value of its kind.
        async Task AddAsync(string table, params (string Column, object Value)[] given)
        {
            var needed = await db.Database.SqlQuery<string>(
                $"SELECT name || ' ' || type AS Value FROM pragma_table_info({table}) WHERE \"notnull\" AND dflt_value IS NULL").ToListAsync();
            List<(string Column, object Value)> all =
            [
                .. given,
                .. needed.Select(n => n.Split(' ')).Where(n => given.All(g => g.Column != n[0]))
                    .Select(n => (n[0], n[1] == "INTEGER" ? (object)0L : "[]")),
            ];
            var values = all.Select(a => a.Value is long number ? $"{number}" : $"'{a.Value}'");
            await SqlAsync(
                $"INSERT INTO {table}({string.Join(", ", all.Select(a => $"\"{a.Column}\""))}) VALUES({string.Join(", ", values)})");
        }
    }

    [Theory]
    [InlineData("UPDATE AuditEntries SET Body = Body")]
    [InlineData("DELETE FROM AuditEntries")]
    [InlineData("INSERT OR REPLACE INTO AuditEntries(Seq, Body, Leaf) VALUES(1, '{}', 'x')")]
    [InlineData("REPLACE INTO AuditEntries(Seq, Body, Leaf) SELECT Seq, '{}', Leaf FROM AuditEntries")]
    [InlineData("UPDATE OR REPLACE AuditEntries SET Seq = 7")]
    public async Task The_audit_trail_takes_new_entries_and_nothing_else(string sql)
    {
        await rig.OpenAsync();
        rig.Sql("INSERT INTO AuditEntries(Seq, Body, Leaf) VALUES(1, '{\"kind\":\"first\"}', 'a'), (2, '{\"kind\":\"second\"}', 'b')");

        Should.Throw<SqliteException>(() => rig.Sql(sql)).Message.ShouldContain("append-only");

        rig.Sql("SELECT group_concat(Kind) FROM (SELECT Kind FROM AuditEntries ORDER BY Seq)").ShouldBe("first,second");
    }

    // The triggers of the audit trail are no part of a model; a column that came later stands last, with a default for
    // the rows before it.
    private static async Task<IReadOnlyList<string>> SchemaAsync(TimeLockerDb db) => await db.Database.SqlQueryRaw<string>("""
        SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk || ' ' || c.hidden AS Value FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE '\_\_EFMigrations%' ESCAPE '\'
        UNION ALL SELECT m.name || ' -> ' || f."table" || ' ' || f."from" || ' ' || f.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
        UNION ALL SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE type NOT IN ('trigger', 'table') AND tbl_name NOT LIKE '\_\_EFMigrations%' ESCAPE '\'
        ORDER BY 1
        """).ToListAsync();
}
