using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Data;
using TimeLocker.Tests.Agent;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>What does not look as it should stops the start with one reason.</summary>
public sealed class StateDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly StateRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task A_first_start_makes_it_for_its_owner_alone_and_a_second_finds_the_same()
    {
        var first = await rig.OpenAsync();
        var second = await rig.OpenAsync(create: false);

        second.ShouldBe(first);
        (File.GetUnixFileMode(rig.Options.Data), File.GetUnixFileMode(rig.File)).ShouldBe((OwnerFolder, OwnerFile));
        rig.Sql("PRAGMA application_id").ShouldBe(0x544C4B52L);
        Directory.EnumerateFiles(rig.Options.Data).ShouldAllBe(f => f.StartsWith(rig.File) && File.GetUnixFileMode(f) == OwnerFile);
    }

    [Fact]
    public async Task A_command_waits_for_the_server_that_makes_the_tables_and_takes_nothing_from_it()
    {
        Directory.CreateDirectory(rig.Options.Data, OwnerFolder);
        using (ServerLock.Take(rig.Options.Data))
        {
            var refused =
                await Should.ThrowAsync<ProblemException>(() => OfflineDesks.OpenAsync(rig.Options,
                    BuiltInExtensions.Of(rig.Options, TimeProvider.System), create: true, default));
            (refused.Kind,
                refused.Problem.What.Full).ShouldBe((ProblemKind.Conflict,
                    "The database is not as this program needs it."));
            rig.Sql("SELECT count(*) FROM sqlite_master").ShouldBe(0L);
            await rig.OpenAsync(); // the server itself
            // beside it
            await (await OfflineDesks.OpenAsync(rig.Options, BuiltInExtensions.Of(rig.Options, TimeProvider.System),
                create: false, default)).DisposeAsync();
        }

        await (await OfflineDesks.OpenAsync(rig.Options, BuiltInExtensions.Of(rig.Options, TimeProvider.System),
            create: false, default)).DisposeAsync();
    }

    [Fact]
    public async Task A_server_and_a_command_that_open_a_new_one_at_once_find_the_same_installation()
    {
        await rig.OpenAsync();
        rig.Sql("DELETE FROM Settings");

        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => rig.OpenAsync(create: false))));

        found.Distinct().ShouldHaveSingleItem();
    }

    [MountFact]
    public async Task A_first_start_on_a_full_disk_is_refused_in_words_and_taken_up_when_there_is_room()
    {
        Directory.CreateDirectory(rig.Options.Data);
        using (Mounted.Memory(rig.Options.Data, "300k"))
        {
            (await RefusedAsync("cannot start")).Problem.Why.Full.ShouldBe("The disk that holds TimeLocker's state is full.");
            await AgentRig.ShellAsync("mount -o remount,size=20m .", rig.Options.Data);
            await rig.OpenAsync();
        }
    }

    [Fact]
    public async Task Without_leave_to_make_one_nothing_is_made()
    {
        await RefusedAsync("There is no state directory", create: false);
        Directory.Exists(rig.Options.Data).ShouldBeFalse();
        Directory.CreateDirectory(rig.Options.Data);
        await RefusedAsync("There is no database", create: false);
        Directory.EnumerateFileSystemEntries(rig.Options.Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_database_beside_other_files_is_no_first_start()
    {
        await rig.OpenAsync();
        File.Move(rig.File, Path.Combine(rig.Options.Data, "elsewhere.db"));

        await RefusedAsync("is missing");
        File.Exists(rig.File).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_of_another_program_is_left_alone()
    {
        Directory.CreateDirectory(rig.Options.Data, OwnerFolder);
        rig.Sql("CREATE TABLE mine(x); PRAGMA application_id=42;");
        Private();
        var before = await File.ReadAllBytesAsync(rig.File);

        await RefusedAsync("is not a TimeLocker database");
        (await File.ReadAllBytesAsync(rig.File)).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_called_damaged()
    {
        Directory.CreateDirectory(rig.Options.Data, OwnerFolder);
        await File.WriteAllTextAsync(rig.File, string.Concat(Enumerable.Repeat("this is no database\n", 200)));
        Private();

        await RefusedAsync("is damaged");
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_named()
    {
        await rig.OpenAsync();
        rig.Sql("INSERT INTO __EFMigrationsHistory VALUES('29991231000000_Later','10.0.0')");

        (await RefusedAsync("newer TimeLocker")).Problem.Why.Full.ShouldContain("29991231000000_Later");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_others_may_read_is_refused_with_the_way_out(bool folder)
    {
        await rig.OpenAsync();
        var path = folder ? rig.Options.Data : rig.File;
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherRead);

        (await RefusedAsync("can be read by others")).Problem.Next.Full.ShouldContain($"chmod go= '{path}'");
    }

    [Fact]
    public async Task An_empty_database_beside_other_files_is_a_lost_one()
    {
        await rig.OpenAsync();
        Directory.CreateDirectory(Path.Combine(rig.Options.Data, "keys"));
        Empty();

        await RefusedAsync("is empty");
        await RefusedAsync("There is no database", create: false);
        new FileInfo(rig.File).Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_first_start_that_was_cut_off_is_taken_up()
    {
        await rig.OpenAsync();
        Empty();
        await File.WriteAllTextAsync(Path.Combine(rig.Options.Data, "server.lock"), "");
        await File.WriteAllTextAsync(rig.File + "-journal", "");

        (await rig.OpenAsync()).Id.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData(200 << 10)]
    public async Task A_first_start_that_was_stopped_while_it_made_the_tables_is_taken_up(int length)
    {
        using var stop = new CancellationTokenSource();
        var first = Task.Run(() => StateDirectory.OpenAsync(DataSetup.Factory(rig.File), rig.Options, create: true,
            TimeProvider.System, stop.Token));
        while (!first.IsCompleted && !(new FileInfo(rig.File) is { Exists: true } file && file.Length >= length))
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await first.ContinueWith(_ => { }, TaskScheduler.Default); // it may have been quicker

        (await rig.OpenAsync()).Id.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_first_start_that_was_killed_while_it_made_the_tables_is_taken_up()
    {
        Directory.CreateDirectory(rig.Options.Data, OwnerFolder);
        rig.Sql("PRAGMA application_id=0x544C4B52; CREATE TABLE __EFMigrationsLock(Id INTEGER NOT NULL PRIMARY KEY, "
            + "Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES(1, '2026-11-30 12:00:00');");
        Private();

        (await rig.OpenAsync()).Id.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(511)]
    [InlineData(4096)]
    [InlineData(-1)]
    [InlineData(-4096)]
    public async Task A_file_that_was_cut_is_damaged_however_much_is_left(int length)
    {
        await rig.OpenAsync();
        Cut(length);

        (await RefusedAsync("timelocker.db")).Problem.ToString().ShouldMatch("is damaged|is not a TimeLocker database");
    }

    [Fact]
    public async Task A_page_that_holds_nothing_any_more_is_found_before_the_start()
    {
        await rig.OpenAsync();
        rig.Sql("VACUUM"); // pages that migrations left free hold nothing anyway
        rig.Sql("PRAGMA wal_checkpoint(TRUNCATE)");
        var pages = new FileInfo(rig.File).Length / 4096;
        var found = 0;
        for (var page = 1; page < pages; page++)
        {
            SqliteConnection.ClearAllPools();
            var whole = await File.ReadAllBytesAsync(rig.File);
            await File.WriteAllBytesAsync(rig.File,
                [.. whole.AsSpan(0, page * 4096), .. new byte[4096], .. whole.AsSpan((page + 1) * 4096)]);
            var problem = await Should.ThrowAsync<ProblemException>(() => rig.OpenAsync());
            problem.Problem.What.Full.ShouldBe($"{rig.File} is damaged.");
            problem.Problem.Next.Full.ShouldContain("from a copy");
            SqliteConnection.ClearAllPools();
            await File.WriteAllBytesAsync(rig.File, whole);
            found++;
        }

        found.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task A_database_that_is_a_link_is_refused()
    {
        await rig.OpenAsync();
        File.Move(rig.File, Path.Combine(rig.Root, "elsewhere.db"));
        File.CreateSymbolicLink(rig.File, Path.Combine(rig.Root, "elsewhere.db"));

        await RefusedAsync("is a link to");
    }

    [Fact]
    public async Task A_folder_above_that_everybody_may_change_is_refused_and_one_like_tmp_is_not()
    {
        await rig.OpenAsync();
        File.SetUnixFileMode(rig.Root, (UnixFileMode)0b111_111_111);

        (await RefusedAsync("can be changed by others")).Problem.Next.Full.ShouldContain($"chmod o-w '{rig.Root}'");
        File.SetUnixFileMode(rig.Root, (UnixFileMode)0b1_111_111_111);
        await rig.OpenAsync();
    }

    [RootTheory]
    [InlineData("")]
    [InlineData("timelocker.db")]
    [InlineData("keys")]
    [InlineData("runs")]
    public async Task What_belongs_to_somebody_else_is_refused_also_by_root(string name)
    {
        await rig.OpenAsync();
        foreach (var folder in (string[])["keys", "runs"])
        {
            Directory.CreateDirectory(Path.Combine(rig.Options.Data, folder), OwnerFolder);
        }

        var path = Path.Combine(rig.Options.Data, name).TrimEnd('/');
        await Agent.AgentRig.ShellAsync($"chown nobody '{path}'", "/");

        var refusal = await RefusedAsync($"{path} belongs to nobody.");
        refusal.Problem.Next.Full.ShouldContain($"chown -R root: '{rig.Options.Data}'");
    }

    private void Empty() => Cut(0);

    private void Cut(int length)
    {
        SqliteConnection.ClearAllPools();
        using var file = new FileStream(rig.File, FileMode.Open);
        file.SetLength(length >= 0 ? length : file.Length + length);
    }

    [Fact]
    public async Task A_second_server_is_refused_and_the_first_one_s_end_frees_the_place()
    {
        await rig.OpenAsync();
        using (ServerLock.Take(rig.Options.Data))
        {
            Should.Throw<ProblemException>(() => ServerLock.Take(rig.Options.Data)).Kind.ShouldBe(ProblemKind.Conflict);
        }

        ServerLock.Take(rig.Options.Data).Dispose();
    }

    [Fact]
    public async Task A_copy_is_made_before_a_migration_and_it_opens()
    {
        var installation = await rig.OpenAsync();
        rig.Sql("DELETE FROM __EFMigrationsHistory WHERE MigrationId LIKE '%AuditIsAppendOnly'; DROP TRIGGER "
            + "audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_no_replace;");

        (await rig.OpenAsync()).ShouldBe(installation);

        var copy = Directory.EnumerateFiles(rig.Options.Data, "*.bak").ShouldHaveSingleItem();
        File.GetUnixFileMode(copy).ShouldBe(OwnerFile);
        rig.Sql("SELECT Value FROM Settings WHERE Name='installation.id'", copy).ShouldBe(installation.Id);
        rig.Sql("SELECT count(*) FROM sqlite_master WHERE type='trigger'").ShouldBe(3L);
    }

    [Fact]
    public async Task A_write_ahead_log_is_switched_off_and_one_in_use_is_refused()
    {
        await rig.OpenAsync();
        rig.Sql("PRAGMA journal_mode=WAL");
        await rig.OpenAsync();
        rig.Sql("SELECT journal_mode FROM pragma_journal_mode").ShouldNotBe("wal");

        SqliteConnection.ClearAllPools();
        using var other = new SqliteConnection($"Data Source={rig.File};Pooling=False");
        other.Open();
        Run(other, "PRAGMA journal_mode=WAL; BEGIN; SELECT count(*) FROM Settings;");
        await RefusedAsync("is in use by another program");
    }

    [Fact]
    public async Task Every_connection_keeps_the_rules()
    {
        await rig.OpenAsync();
        for (var n = 0; n < 3; n++)
        {
            await using var db = await rig.DatabaseAsync();
            (await db.Database.SqlQueryRaw<string>(
                "SELECT journal_mode || ' ' || synchronous || ' ' || foreign_keys || ' ' || timeout AS Value FROM "
                + "pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout").SingleAsync())
                .ShouldBe("truncate 2 1 5000");
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Private() => File.SetUnixFileMode(rig.File, OwnerFile);

    private async Task<ProblemException> RefusedAsync(string what, bool create = true)
    {
        var refusal = await Should.ThrowAsync<ProblemException>(() => rig.OpenAsync(create));
        (refusal.Kind, refusal.Problem.Next.Full.Length > 0).ShouldBe((ProblemKind.Failed, true));
        refusal.Problem.What.Full.ShouldContain(what);
        return refusal;
    }
}
