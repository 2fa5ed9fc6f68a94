using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>The secrets of a thing, as one of its settings: that they were entered anew is told, and never what they are.</summary>
internal static class EnteredSecrets
{
    public const string Field = "secrets";

    public static Text Label => Texts.PasswordsAndKeys;
    public static Text Words => Texts.EnteredAnew;

    /// <summary>Whether a change that is under way enters some.</summary>
    /// <param name="thing">As the notes of changes call it. Its secrets' owner is called the same, without dashes.</param>
    public static bool Of(TimeLockerDb db, string thing) => db.ChangeTracker.Entries<SealedSecret>().Any(e =>
        e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted
        && e.Entity.Owner == thing.Replace("-", "", StringComparison.Ordinal)
        && !e.Entity.Field.StartsWith("password.", StringComparison.Ordinal)); // a change of the password notes its steps there
}
