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
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What a first start has made when it is cut off.</summary>
    private static readonly string[] OfFirstStart = ["server.lock", "timelocker.db", "timelocker.db-journal"];

    /// <summary>What lies in it and says or changes what TimeLocker does.</summary>
    private static readonly string[] Parts = ["timelocker.db", "timelocker.db-journal", "keys", "runs"];

    /// <summary>The first SQLite whose write-ahead log does not have the reset bug.</summary>
    private static readonly Version SafeWal = new(3, 51, 3);

    /// <param name="create">Whether this start may make a state directory: false for commands that only look after one.</param>
    /// <param name="alone">For who is not the server, which has the directory to itself: takes it while the tables are made or changed.</param>
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
                "TimeLocker cannot start.",
                trouble.Problem.WhySentence,
                $"Make room on the disk of {options.Data}, or make it writable, and start again.",
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
                throw Refused($"There is no state directory {options.Data}.", "TimeLocker was never started with it.", "Start the server once, or correct --data.");
            }

            Directory.CreateDirectory(options.Data, OwnerOnly);
        }

        var file = new FileInfo(options.DatabaseFile);
        MustBeOurs(options, file);
        var fresh = file is not { Exists: true, Length: > 0 }; // an empty one beside nothing else: a first start that was cut off
        if (fresh && create && Directory.EnumerateFileSystemEntries(options.Data).Any(e => !OfFirstStart.Contains(Path.GetFileName(e))))
        {
            throw Refused($"The database {file} is {(file.Exists ? "empty" : "missing")}.", "The directory holds other files, so this is not a first start.", "Put the database back from a copy, or give --data an empty directory.");
        }

        if (fresh && !create)
        {
            throw Refused($"There is no database in {options.Data}.", "TimeLocker was never started with it.", "Start the server once, or correct --data.");
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
                throw Refused($"{path} can be read by others.", "It holds the state of your backups and must be its owner's alone.", $"Run: chmod go= '{path}'");
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
                throw Refused($"{path} belongs to {owner}.", $"TimeLocker runs as {FileOwner.MyName}; the owner of its state can read and change all of it.",
                    $"Run TimeLocker as {owner}, or make it yours: chown -R {FileOwner.MyName}: '{options.Data}'");
            }
        }

        if (file.LinkTarget is { } target)
        {
            throw Refused($"{file} is a link to {target}.", "What SQLite keeps beside a database would lie elsewhere than the state directory says.", "Give the folder in which it lies as --data, or put the file itself here.");
        }

        for (var folder = Directory.GetParent(Real(options.Data)); folder is not null; folder = folder.Parent)
        {
            if ((folder.UnixFileMode & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
            {
                throw Refused($"{folder} can be changed by others.", $"Everybody could put another folder in the place of {options.Data}.", $"Run: chmod o-w '{folder}'");
            }
        }
    }

    private static string Real(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;

    private static async Task<List<string>> CheckAsync(TimeLockerDb db, ServerOptions options, List<string> known, CancellationToken ct)
    {
        try
        {
            var id = await db.Database.SqlQueryRaw<int>("SELECT application_id AS Value FROM pragma_application_id").SingleAsync(ct);
            var tables = await db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM sqlite_master").SingleAsync(ct);
            var length = new FileInfo(options.DatabaseFile).Length;
            if (tables == 0 && id == 0 && length == 0)
            {
                return [];
            }

            if (id != ApplicationId)
            {
                throw Refused($"{options.DatabaseFile} is not a TimeLocker database.", "It was made by another program.", "Correct --data, or move the file away.");
            }

            if (length <= options.LookedAtBeforeStart && await DatabaseDamage.LookAsync(options.DatabaseFile, ct) is { } damage)
            {
                throw new ProblemException(ProblemKind.Failed, damage);
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 5)
        {
            throw Refused($"{options.DatabaseFile} is in use by another program.", "It holds the file locked, or keeps a write-ahead log on it that cannot be switched off meanwhile.", "Stop every program that has the file open, and start again.");
        }

        var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToList();
        return applied.Except(known).FirstOrDefault() is { } newer
            ? throw Refused("The database was written by a newer TimeLocker.", $"It has the schema {newer}; this is version {options.Version}.", "Start that newer version, or put back the copy that was made before the update.")
            : applied;
    }

    private static async Task MigrateAsync(TimeLockerDb db, ServerOptions options, bool copy, TimeProvider clock, CancellationToken ct)
    {
        if (copy)
        {
            var target = $"{options.DatabaseFile}.{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.bak";
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
            throw Refused("The database uses a write-ahead log.", $"SQLite {version} can damage such a database; {SafeWal} is the first that cannot.", "Stop every program that has the file open, and start again.");
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
        await db.Database.ExecuteSqlAsync($"INSERT OR IGNORE INTO \"Settings\" (\"Name\", \"Value\") VALUES ({Installation.IdSetting}, {fresh})", ct);
        return new((await db.SettingAsync(Installation.IdSetting, ct))!);
    }

    private static ProblemException Refused(Sentence what, Sentence why, Sentence next, Exception? fault = null) => Refused(new(what, why, next), fault);

    private static ProblemException Refused(Problem problem, Exception? fault = null) => new(ProblemKind.Failed, problem, fault);
}
