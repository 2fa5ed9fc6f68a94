using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Where Operators may restore to.</summary>
/// <param name="Folders">Absolute; empty: an Operator may restore into any new folder, but for those of the system.</param>
/// <param name="Problem">The list cannot be read, and no Operator may restore until it is set anew.</param>
public sealed record RestoreFolders(IReadOnlyList<string> Folders, int Revision, Problem? Problem) : IRevised;

/// <summary>Where Operators may restore to from now on.</summary>
/// <param name="Folders">Absolute; empty: an Operator may restore into any new folder, but for those of the system.</param>
/// <param name="Revision">The one that was read.</param>
public sealed record NewRestoreFolders(IReadOnlyList<string> Folders, int? Revision = null);

/// <summary>
/// Where Operators may restore to. Who may write any file as root rules the machine, so an Admin can hold them to a few
/// folders.
/// </summary>
public sealed class RestoreLimits(IDbContextFactory<TimeLockerDb> databases, AuditLog audit)
{
    internal const string Setting = "restore.folders";
    private const int Most = 50, Longest = 1000;

    public async Task<RestoreFolders> GetAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var revision = await db.RevisionAsync(Setting, ct);
        return await ReadAsync(db, ct) is { } folders ? new(folders, revision, null) : new([], revision, Damaged);
    }

    public async Task<RestoreFolders> SetAsync(IReadOnlyList<string> wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        string[] folders = [.. wanted.Select(Checked).Distinct()];
        if (folders.Length > Most)
        {
            throw ProblemException.Invalid(Problems.TooManyFoldersMost(Most, folders.Length));
        }

        await audit.ChangeAsync(who, "restore.folders", async (db, note) =>
        {
            note.AboutSetting(Setting, Texts.RestoreFolders, "[]");
            await db.SetAsync(Setting, folders.Length == 0 ? null : JsonSerializer.Serialize(folders), ct);
        }, ct);
        return await GetAsync(who, ct);
    }

    /// <summary>What binds this person: nothing, or one of these folders.</summary>
    /// <exception cref="ProblemException">of kind Forbidden: nobody knows any more which ones.</exception>
    public async Task<IReadOnlyList<string>> OfAsync(Actor who, CancellationToken ct) => who.Is(Role.Admin) ? []
        : await GetAsync(who, ct) is { Problem: null } known ? known.Folders
        : throw new ProblemException(ProblemKind.Forbidden, Damaged);

    /// <exception cref="ProblemException">of kind Forbidden. Where links lead, only the machine can say: it looks once
    /// more.</exception>
    public static void Require(string folder, IReadOnlyList<string> within, Actor who)
    {
        if (SystemFolders.Hold(folder) && !who.Is(Role.Admin))
        {
            throw new ProblemException(ProblemKind.Forbidden, SystemFolders.Refusal(folder));
        }

        if (within.Count > 0
            && !within.Any(allowed => (folder + "/").StartsWith(allowed.TrimEnd('/') + "/", StringComparison.Ordinal)))
        {
            throw new ProblemException(ProblemKind.Forbidden, RestoreSpec.Outside(folder, within));
        }
    }

    private static Problem Damaged { get; } = Problems.FoldersIntoWhichOperators;

    // Null: it is damaged.
    private static async Task<string[]?> ReadAsync(TimeLockerDb db, CancellationToken ct)
    {
        var folders = await db.SettingAsync(Setting,
            stored => JsonSerializer.Deserialize<string[]>(stored) ?? throw new FormatException("no list"),
            [""],
            ct)
            ?? [];
        return folders.Contains("") ? null : folders;
    }

    private static string Checked(string folder) =>
        folder.Trim() is ['/', ..] path
            && path.Length <= Longest
            && !path.Any(char.IsControl)
            && Path.GetFullPath(path) is var full
            && full.TrimEnd('/') is { Length: > 0 } plain
            ? plain
            : throw ProblemException.Invalid(Problems.NoFolderRestoreInto(folder.AsName()));
}
