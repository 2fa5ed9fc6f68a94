using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>
/// The state directory and its database: made at an explicit first start, checked at every start, migrated after a copy.
/// What does not look as it should stops the start with one reason; nothing is guessed or repaired.
/// </summary>
public static class StateDirectory
{
    /// <summary>"TLKR": tells our database from any other.</summary>
    private const int ApplicationId = 0x544C4B52;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What a first start has made when it is cut off.</summary>
    private static readonly string[] OfFirstStart = ["server.lock", "timelocker.db", "timelocker.db-journal"];

    /// <summary>What lies in it and says or changes what TimeLocker does.</summary>
    private static readonly string[] Parts = ["timelocker.db", "timelocker.db-journal", "keys", "runs"];

    /// <summary>The first SQLite whose write-ahead log does not have the reset bug.</summary>
    private static readonly Version SafeWal = new(3, 51, 3);

    /// <param name="create">Whether this start may make a state directory: false for commands that only look after one.</param>
    /// <param name="alone">For who is not the server, which has the directory to itself: takes it while the tables are
    /// made or changed.</param>
    /// <exception cref="ProblemException">of kind Failed: the start must stop.</exception>
    public static async Task<Installation> OpenAsync(
        IDbContextFactory<TimeLockerDb> databases,
        ServerOptions options,
        bool create,
        TimeProvider clock,
        CancellationToken ct,
        Func<IDisposable>? alone = null)
    {
        Prepare(options, create);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            return await OpenAsync(db, options, clock, alone, ct);
        }
        catch (SqliteException e) when (DatabaseDamage.Explain(e, options.DatabaseFile) is { } damaged)
        {
            throw new ProblemException(ProblemKind.Failed, damaged.Problem, e);
        }
        catch (SqliteException e) when (WriteFailure.Explain(e, options.DatabaseFile) is { } trouble)
        {
            throw Refused(
                Texts.TimelockerCannotStart,
                trouble.Problem.Why,
                Texts.MakeRoomDiskOr(options.Data),
                e);
        }
    }

    private static async Task<Installation> OpenAsync(
        TimeLockerDb db, ServerOptions options, TimeProvider clock, Func<IDisposable>? alone, CancellationToken ct)
    {
        var known = db.Database.GetMigrations().ToList();
        var applied = await CheckAsync(db, options, known, ct);
        if (applied.Count < known.Count)
        {
            using var taken = alone?.Invoke();
            await MigrateAsync(db, options, applied.Count > 0, clock, ct);
        }

        await GateAsync(db, ct);
        return await InstallationAsync(db, ct);
    }

    private static void Prepare(ServerOptions options, bool create)
    {
        if (!Directory.Exists(options.Data))
        {
            if (!create)
            {
                throw Refused(Problems.NoStateDirectoryTimelocker(options.Data));
            }

            Directory.CreateDirectory(options.Data, OwnerOnly);
        }

        var file = new FileInfo(options.DatabaseFile);
        MustBeOurs(options, file);
        var fresh = file is not { Exists: true, Length: > 0 }; // an empty one beside nothing else: a first start that was cut off
        if (fresh && create
            && Directory.EnumerateFileSystemEntries(options.Data).Any(e => !OfFirstStart.Contains(Path.GetFileName(e))))
        {
            throw Refused(Problems.DatabaseEmptyDirectoryHolds(TextArgument.Of(file), file.Exists));
        }

        if (fresh && !create)
        {
            throw Refused(Problems.NoDatabaseInTimelocker(options.Data));
        }

        if (!file.Exists)
        {
            File.SetUnixFileMode(options.Data, OwnerOnly);
            using var made = new FileStream(options.DatabaseFile, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            return;
        }

        foreach (var path in (string[])[options.Data, options.DatabaseFile])
        {
            if ((File.GetUnixFileMode(path) & Others) != 0)
            {
                throw Refused(Problems.CanReadOthersHolds(path));
            }
        }
    }

    // Root may open all of it; but whoever owns it can read and replace it, then and later.
    private static void MustBeOurs(ServerOptions options, FileInfo file)
    {
        foreach (var path in (string[])[options.Data, .. Parts.Select(part => Path.Combine(options.Data, part))])
        {
            if (FileOwner.Stranger(path) is { } owner)
            {
                throw Refused(Problems.BelongsTimelockerRunsOwner(path, owner, FileOwner.MyName, options.Data));
            }
        }

        if (file.LinkTarget is { } target)
        {
            throw Refused(Problems.LinkWhatSqliteKeeps(TextArgument.Of(file), target));
        }

        for (var folder = Directory.GetParent(Real(options.Data)); folder is not null; folder = folder.Parent)
        {
            if ((folder.UnixFileMode & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
            {
                throw Refused(Problems.CanChangedOthersEverybody(TextArgument.Of(folder), options.Data));
            }
        }
    }

    private static string Real(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;

    private static async Task<List<string>> CheckAsync(TimeLockerDb db, ServerOptions options, List<string> known,
        CancellationToken ct)
    {
        try
        {
            var id = await db.Database.SqlQueryRaw<int>("SELECT application_id AS Value FROM pragma_application_id")
                .SingleAsync(ct);
            var tables = await db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM sqlite_master").SingleAsync(ct);
            var length = new FileInfo(options.DatabaseFile).Length;
            if (tables == 0 && id == 0 && length == 0)
            {
                return [];
            }

            if (id != ApplicationId)
            {
                throw Refused(Problems.NotTimelockerDatabaseMade(options.DatabaseFile));
            }

            if (length <= options.LookedAtBeforeStart && await DatabaseDamage.LookAsync(options.DatabaseFile, ct) is { } damage)
            {
                throw new ProblemException(ProblemKind.Failed, damage);
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 5)
        {
            throw Refused(Problems.InUseAnotherProgram(options.DatabaseFile));
        }

        var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToList();
        return applied.Except(known).FirstOrDefault() is { } newer
            ? throw Refused(Problems.DatabaseWrittenNewerTimelocker(newer, options.Version))
            : applied;
    }

    private static async Task MigrateAsync(TimeLockerDb db, ServerOptions options, bool copy, TimeProvider clock,
        CancellationToken ct)
    {
        if (copy)
        {
            var target =
                $"{options.DatabaseFile}.{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.bak";
            await db.Database.ExecuteSqlRawAsync("VACUUM INTO {0}", [target], ct);
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        // First of all: a start that is cut off while it makes the tables leaves a file that says whose it is.
#pragma warning disable EF1002 // a constant
        await db.Database.ExecuteSqlRawAsync($"PRAGMA application_id = {ApplicationId}", ct);
#pragma warning restore EF1002

        // The framework's own lock is a row that outlives a kill, and the next start would wait for it without end.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
        await db.Database.MigrateAsync(ct);
    }

    // EF switches a new file to WAL; the rules of each connection switch it back. This makes sure of both.
    private static async Task GateAsync(TimeLockerDb db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        SqliteRules.Apply(db.Database.GetDbConnection());
        var mode = await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(ct);
        var version = Version.Parse(await db.Database.SqlQueryRaw<string>("SELECT sqlite_version() AS Value").SingleAsync(ct));
        await db.Database.CloseConnectionAsync();
        if (mode == "wal" && version < SafeWal)
        {
            throw Refused(Problems.DatabaseUsesWriteAhead(TextArgument.Of(version), TextArgument.Of(SafeWal)));
        }
    }

    private static async Task<Installation> InstallationAsync(TimeLockerDb db, CancellationToken ct)
    {
        if (await db.SettingAsync(Installation.IdSetting, ct) is { } known)
        {
            return new(known);
        }

        // A server and a command may open a new one at the same time.
        var fresh = $"tl-{Guid.NewGuid():N}";
        await db.Database.ExecuteSqlAsync(
            $"INSERT OR IGNORE INTO \"Settings\" (\"Name\", \"Value\") VALUES ({Installation.IdSetting}, {fresh})", ct);
        return new((await db.SettingAsync(Installation.IdSetting, ct))!);
    }

    private static ProblemException Refused(Text what, Text why, Text next, Exception? fault = null) =>
        Refused(new(what, why, next), fault);

    private static ProblemException Refused(Problem problem, Exception? fault = null) => new(ProblemKind.Failed, problem, fault);
}
