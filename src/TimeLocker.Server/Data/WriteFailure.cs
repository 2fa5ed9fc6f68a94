using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>
/// The database takes no writes for now: a full disk, a disk that became read-only, another program that holds it. It
/// passes by itself once that is over.
/// </summary>
internal static class WriteFailure
{
    private static readonly Text Unchanged = Texts.NothingChanged;

    // SQLite's result codes (sqlite.org/rescode.html).
    private const int Busy = 5, Locked = 6, ReadOnly = 8, InputOutput = 10, Full = 13, CannotOpen = 14;

    public static bool Is(Exception fault) => fault is DbException or DbUpdateException || IsTold(fault);

    /// <summary>It was explained by <see cref="Explain"/>: the same write can be done later. Damage does not pass.</summary>
    public static bool Passes(Exception fault) => IsTold(fault) && DatabaseDamage.Explain(fault.InnerException) is null;

    private static bool IsTold(Exception fault) => fault is ProblemException { InnerException: DbException or DbUpdateException };

    /// <summary>The same in words; null: it is no such trouble but a fault.</summary>
    /// <param name="file">The database.</param>
    public static ProblemException? Explain(Exception fault, string file) => Code(fault) switch
    {
        Full => Told(fault, Texts.DiskHoldsTimelockersState, Texts.MakeRoomDiskNothing(Path.GetDirectoryName(file))),
        ReadOnly or InputOutput
            or CannotOpen => Told(fault, Texts.TimelockersDatabaseCannotWritten(Said(fault)),
                Texts.LookWhetherDiskFull(Path.GetDirectoryName(file))),
        Busy or Locked => Told(fault, Texts.AnotherProgramKeepsTimelockers, Texts.TryAgainInMoment),
        _ => DatabaseDamage.Explain(fault, file),
    };

    private static ProblemException Told(Exception fault, Text why, Text next) =>
        new(ProblemKind.Unavailable, new(Unchanged, why, next), fault);

    private static int? Code(Exception? fault) => fault switch
    {
        SqliteException own => own.SqliteErrorCode,
        DbUpdateException outer => Code(outer.InnerException),
        _ => null,
    };

    private static string Said(Exception fault) =>
        (fault as SqliteException ?? fault.InnerException as SqliteException)?.SqliteErrorCode switch
        {
            ReadOnly => "it is read-only",
            CannotOpen => "its files cannot be opened",
            _ => "the disk refused",
        };
}
