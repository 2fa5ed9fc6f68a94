using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>Reads and writes <see cref="Setting"/>s by their names.</summary>
internal static class SettingRows
{
    /// <returns>Null: it is not set.</returns>
    public static Task<string?> SettingAsync(this TimeLockerDb db, string name, CancellationToken ct) =>
        db.Settings.Where(s => s.Name == name).Select(s => s.Value).SingleOrDefaultAsync(ct);

    /// <summary>
    /// What a setting means. One that cannot be read stops nobody: it is told, see <see cref="UnreadableColumns"/>.
    /// </summary>
    /// <param name="damaged">What stands for one that cannot be read: what does least harm.</param>
    /// <returns>The default: it is not set.</returns>
    public static async Task<T?> SettingAsync<T>(this TimeLockerDb db, string name, Func<string, T?> read, T? damaged,
        CancellationToken ct)
    {
        try
        {
            return await ReadAsync(db, name, read, ct);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or OverflowException or ProblemException)
        {
            UnreadableColumns.Tell(db, name);
            return damaged;
        }
    }

    /// <summary>One without which nothing can go on: what stands for it could only be wrong.</summary>
    /// <returns>The default: it is not set.</returns>
    /// <exception cref="ProblemException">of kind Failed: it cannot be read.</exception>
    public static async Task<T?> NeededSettingAsync<T>(this TimeLockerDb db, string name, Func<string, T?> read,
        CancellationToken ct)
    {
        try
        {
            return await ReadAsync(db, name, read, ct);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw new ProblemException(ProblemKind.Failed, Problems.TimelockersOwnDatabaseDamaged(name), fault);
        }
    }

    private static async Task<T?> ReadAsync<T>(TimeLockerDb db, string name, Func<string, T?> read, CancellationToken ct) =>
        await db.SettingAsync(name, ct) is { } stored ? read(stored) : default;

    /// <summary>Inside a change that is under way.</summary>
    /// <param name="value">Null: it is not set any more.</param>
    public static async Task SetAsync(this TimeLockerDb db, string name, string? value, CancellationToken ct)
    {
        var known = await db.Settings.SingleOrDefaultAsync(s => s.Name == name, ct);
        switch (known, value)
        {
            case (null, { } first): db.Settings.Add(new() { Name = name, Value = first }); break;
            case ({ } now, { } next): now.Value = next; break;
            case ({ } now, null): db.Settings.Remove(now); break;
        }
    }
}
