using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>Where Operators may restore to.</summary>
/// <param name="Folders">Absolute; empty: an Operator may restore into any new folder, but for those of the system.</param>
public sealed record RestoreFolders(IReadOnlyList<string> Folders);

/// <summary>Where Operators may restore to. Who may write any file as root rules the machine, so an Admin can hold them to a few folders.</summary>
public sealed class RestoreLimits(IDbContextFactory<TimeLockerDb> databases, AuditLog audit)
{
    internal const string Setting = "restore.folders";
    private const int Most = 50, Longest = 1000;

    public async Task<RestoreFolders> GetAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        return new(await ReadAsync(db, ct));
    }

    public async Task<RestoreFolders> SetAsync(RestoreFolders wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        string[] folders = [.. wanted.Folders.Select(Checked).Distinct()];
        if (folders.Length > Most)
        {
            throw ProblemException.Invalid("Too many folders.", $"At most {Most} can be named; these are {folders.Length}.", "Name a folder above several of them.");
        }

        await audit.ChangeAsync(who, "restore.folders", async (db, note) =>
        {
            note.About("setting", Setting, new { before = await ReadAsync(db, ct), folders });
            await db.SetAsync(Setting, folders.Length == 0 ? null : JsonSerializer.Serialize(folders), ct);
        }, ct);
        return new(folders);
    }

    /// <summary>What binds this person: nothing, or one of these folders.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Actor who, CancellationToken ct) => who.Is(Role.Admin) ? [] : (await GetAsync(who, ct)).Folders;

    /// <exception cref="ProblemException">of kind Forbidden. Where links lead, only the machine can say: it looks once more.</exception>
    public static void Require(string folder, IReadOnlyList<string> within, Actor who)
    {
        if (SystemFolders.Hold(folder) && !who.Is(Role.Admin))
        {
            throw new ProblemException(ProblemKind.Forbidden, SystemFolders.Refusal(folder));
        }

        if (within.Count > 0 && !within.Any(allowed => (folder + "/").StartsWith(allowed.TrimEnd('/') + "/", StringComparison.Ordinal)))
        {
            throw new ProblemException(ProblemKind.Forbidden, RestoreSpec.Outside(folder, within));
        }
    }

    private static async Task<string[]> ReadAsync(TimeLockerDb db, CancellationToken ct) =>
        await db.SettingAsync(Setting, ct) is { } stored ? JsonSerializer.Deserialize<string[]>(stored) ?? [] : [];

    private static string Checked(string folder) =>
        folder.Trim() is ['/', ..] path && path.Length <= Longest && !path.Any(char.IsControl) && Path.GetFullPath(path) is var full && full.TrimEnd('/') is { Length: > 0 } plain ? plain
            : throw ProblemException.Invalid($"“{folder.AsName()}” is no folder to restore into.", "It is not an absolute path below “/”.", "Write it as /srv/restores.");
}
