using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Secrets;

// Another key, in the same store or another. At each step the database names a key that opens it, and (spare) the one
// that does not count.
public sealed partial class VaultKey
{
    /// <summary>A key that is on its way in, or out: "turn kind". A start deletes it.</summary>
    private const string SpareSetting = "secrets.spare";

    private readonly SemaphoreSlim replacing = new(1, 1);

    /// <summary>
    /// Seals every secret with another key, kept in <paramref name="kind"/>: a new one, or the one that lies in a store
    /// that TimeLocker cannot write.
    /// </summary>
    public async Task ReplaceAsync(string kind, string change, Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Admin);
        await replacing.WaitAsync(ct);
        try
        {
            await TidyAsync(ct);
            var (from, old, to, next) = (Store!, turn, StoreOf(kind), turn + 1);
            var fresh = await PrepareAsync(to, next, ct);
            await AdoptAsync(to, next, fresh, $"{old} {from.Kind}", change, who);
            await from.DeleteAsync(NameOf(old), CancellationToken.None);
            await audit.TouchAsync(db => db.SetAsync(SpareSetting, null, CancellationToken.None), CancellationToken.None);
        }
        finally
        {
            replacing.Release();
        }
    }

    // The new key is in its store, and was read back, before anything is sealed with it.
    private async Task<byte[]> PrepareAsync(ISecretStore to, int next, CancellationToken ct)
    {
        if (await to.WhyNotAsync(ct) is { } reason)
        {
            throw new ProblemException(ProblemKind.Conflict, Texts.SecretStoreCannotUsed(to.Title), reason,
                to.HowToWrite is { } how ? Texts.MakeKey(how) : Texts.MakeAvailableOrChoose);
        }

        if (to.HowToWrite is not null)
        {
            var given = await to.FindAsync(NameOf(next), ct) ?? throw Refused(Problems.NoKeyMoveHolds(to.Title, to.HowToWrite));
            return given.AsSpan().SequenceEqual(Key)
                ? throw new ProblemException(ProblemKind.Conflict, Problems.KeyOneAlreadyHolds(to.Title))
                : given;
        }

        await audit.TouchAsync(db => db.SetAsync(SpareSetting, $"{next} {to.Kind}", ct), ct);
        var fresh = Envelope.NewKey();
        await to.SaveAsync(NameOf(next), fresh, ct);
        return (await to.FindAsync(NameOf(next), ct))?.AsSpan().SequenceEqual(fresh) == true
            ? fresh
            : throw Refused(Problems.KeyNotMovedDid(to.Title));
    }

    private async Task AdoptAsync(ISecretStore to, int next, byte[] fresh, string spare, string change, Actor who)
    {
        var before = Key;
        try
        {
            await audit.ChangeAsync(who, change, async (db, note) =>
            {
                foreach (var row in await db.Secrets.ToListAsync())
                {
                    var plain = Open(row.Owner, row.Field, row.Version, new(row.Nonce, row.Cipher));
                    (row.Nonce, row.Cipher) = Envelope.Seal(fresh, Label(row.Owner, row.Field, row.Version), plain);
                    CryptographicOperations.ZeroMemory(plain);
                }

                await db.SetAsync(StoreSetting, to.Kind, CancellationToken.None);
                await db.SetAsync(TurnSetting, next.ToString(CultureInfo.InvariantCulture), CancellationToken.None);
                await db.SetAsync(SpareSetting, spare, CancellationToken.None);
                note.About("setting", StoreSetting, new { store = to.Kind });
                keys = [fresh, before]; // before the commit: who writes next seals with the new one
            }, CancellationToken.None);
            (keys, Store, turn) = ([fresh], to, next);
        }
        catch
        {
            keys = [before];
            throw;
        }
    }

    /// <summary>
    /// Deletes what a replacement, cut off by a kill, left behind: a key that does not count, and the draft of one. A
    /// store that is away keeps it until a later start.
    /// </summary>
    private static (int Number, string Kind)? ReadSpare(string stored) => stored.Split(' ') is [var number, var kind]
        ? (int.Parse(number, CultureInfo.InvariantCulture), kind)
        : throw new FormatException("It is no number and kind.");

    private async Task TidyAsync(CancellationToken ct)
    {
        PrivateFile.DeleteDrafts(Path.Combine(options.Data, "keys"));
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.SettingAsync(SpareSetting, ReadSpare, damaged: null, ct) is not var (number, kind))
        {
            return;
        }

        if (number == turn || stores.FirstOrDefault(s => s.Kind == kind) is not { } store
            || await store.WhyNotAsync(ct) is not null)
        {
            return;
        }

        await store.DeleteAsync(NameOf(number), ct);
        await audit.TouchAsync(change => change.SetAsync(SpareSetting, null, ct), ct);
    }
}
