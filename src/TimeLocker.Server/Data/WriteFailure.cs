using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>The database takes no writes for now: a full disk, a disk that became read-only, another program that holds it. It passes by itself once that is over.</summary>
internal static class WriteFailure
{
    private static readonly Sentence Unchanged = "Nothing was changed.";

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
        Full => Told(fault, "The disk that holds TimeLocker's state is full.", $"Make room on the disk of {Path.GetDirectoryName(file)}. Nothing has to be started again: TimeLocker goes on as soon as there is some."),
        ReadOnly or InputOutput or CannotOpen => Told(fault, $"TimeLocker's database cannot be written: {Said(fault)}.", $"Look whether the disk of {Path.GetDirectoryName(file)} is full, has a quota that is used up, or became read-only. TimeLocker goes on as soon as it can write."),
        Busy or Locked => Told(fault, "Another program keeps TimeLocker's database locked.", "Try again in a moment; if it happens again, stop the program that has the database open."),
        _ => DatabaseDamage.Explain(fault, file),
    };

    private static ProblemException Told(Exception fault, Sentence why, Sentence next) => new(ProblemKind.Unavailable, new(Unchanged, why, next), fault);

    private static int? Code(Exception? fault) => fault switch
    {
        SqliteException own => own.SqliteErrorCode,
        DbUpdateException outer => Code(outer.InnerException),
        _ => null,
    };

    private static string Said(Exception fault) => (fault as SqliteException ?? fault.InnerException as SqliteException)?.SqliteErrorCode switch
    {
        ReadOnly => "it is read-only",
        CannotOpen => "its files cannot be opened",
        _ => "the disk refused",
    };
}
