using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Secrets;

/// <summary>
/// The key-encryption key: opened once at the start, from the store that was chosen at the first start or moved to
/// since.
/// </summary>
public sealed partial class VaultKey(IEnumerable<ISecretStore> stores, ServerOptions options, Installation installation,
    AuditLog audit, IDbContextFactory<TimeLockerDb> databases)
{
    /// <summary>Which store has the key, and how many times it was replaced; together they name it.</summary>
    public const string StoreSetting = "secrets.store", TurnSetting = "secrets.turn";
    private const string Check = "timelocker", Owner = "installation", CheckField = "check", ProtectionField = "protection";

    // While the key is replaced there are two: rows sealed with the old one are still being read.
    private byte[][] keys = [];
    private byte[]? protection;
    private int turn = 1;

    /// <summary>Where the key is kept; null before <see cref="OpenAsync"/>.</summary>
    public ISecretStore? Store { get; private set; }

    /// <summary>Encrypts the framework's own keys. A secret like any other, so those outlive a change of the key.</summary>
    public byte[] Protection => protection ?? throw NotOpen();

    /// <exception cref="ProblemException">the key is missing, wrong or readable by others: the server must not start.</exception>
    public async Task OpenAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var chosen = await db.SettingAsync(StoreSetting, ct);
        turn = await db.NeededSettingAsync(TurnSetting, stored => (int?)int.Parse(stored, CultureInfo.InvariantCulture), ct) ?? 1;
        Store = StoreOf(chosen ?? options.SecretStore);
        if (await Store.WhyNotAsync(ct) is { } reason)
        {
            throw Refused(Texts.StoreCannotBeUsed(Store.Title), reason,
                Store.HowToWrite is { } how ? Texts.MakeKey(how) : Texts.MakeAvailableOrFirst);
        }

        var found = await Store.FindAsync(NameOf(turn), ct);
        if (chosen is null)
        {
            await BeginAsync(found, ct);
        }
        else
        {
            keys = [Checked(found,
                await db.Secrets.AsNoTracking().SingleOrDefaultAsync(s => s.Owner == Owner && s.Field == CheckField,
                    ct))];
        }

        await OpenProtectionAsync(db, ct);
        await TidyAsync(ct);
    }

    public SealedBytes Seal(string owner, string field, int version, ReadOnlySpan<byte> plain) =>
        Envelope.Seal(Key, Label(owner, field, version), plain);

    /// <exception cref="CryptographicException">it was changed or moved, or the key was replaced since it was read:
    /// read it again.</exception>
    public byte[] Open(string owner, string field, int version, SealedBytes @sealed)
    {
        var label = Label(owner, field, version);
        foreach (var key in keys[..^1])
        {
            try
            {
                return Envelope.Open(key, label, @sealed);
            }
            catch (CryptographicException)
            {
                // The next one.
            }
        }

        return Envelope.Open(keys.Length > 0 ? keys[^1] : throw NotOpen(), label, @sealed);
    }

    private byte[] Key => keys.Length > 0 ? keys[0] : throw NotOpen();

    private SealLabel Label(string owner, string field, int version) => new(owner, field, version, installation.Id);

    private string NameOf(int number) => number == 1 ? $"timelocker-{installation.Id}" : $"timelocker-{installation.Id}-{number}";

    private ISecretStore StoreOf(string kind) =>
        stores.FirstOrDefault(s => s.Kind == kind)
            ?? throw ProblemException.Invalid(Problems.NoSecretStoreKnown(kind,
                string.Join(", ", stores.Select(s => s.Kind))));

    // The key is safe in its store before anything says so: a start that was cut off here takes it up again.
    private async Task BeginAsync(byte[]? found, CancellationToken ct)
    {
        var fresh = found ?? Envelope.NewKey();
        if (found is null)
        {
            await Store!.SaveAsync(NameOf(turn), fresh, ct);
        }

        keys = [fresh];
        await audit.ChangeAsync(Actor.System, "secrets.store-chosen", async (db, note) =>
        {
            await db.SetAsync(StoreSetting, Store!.Kind, ct);
            AddSecret(db, CheckField, Encoding.UTF8.GetBytes(Check));
            note.About("setting", StoreSetting, new { store = Store.Kind });
        }, ct);
    }

    private async Task OpenProtectionAsync(TimeLockerDb db, CancellationToken ct)
    {
        if (await db.Secrets.AsNoTracking().SingleOrDefaultAsync(s => s.Owner == Owner && s.Field == ProtectionField,
            ct) is { } row)
        {
            protection = Open(row.Owner, row.Field, row.Version, new(row.Nonce, row.Cipher));
            return;
        }

        var fresh = Envelope.NewKey();
        await audit.TouchAsync(change => { AddSecret(change, ProtectionField, fresh); return Task.CompletedTask; }, ct);
        protection = fresh;
    }

    private void AddSecret(TimeLockerDb db, string field, byte[] plain)
    {
        var (nonce, cipher) = Seal(Owner, field, 1, plain);
        db.Secrets.Add(new() { Owner = Owner, Field = field, Version = 1, Nonce = nonce, Cipher = cipher });
    }

    private byte[] Checked(byte[]? found, SealedSecret? check)
    {
        if (found is null)
        {
            throw Refused(Problems.KeyStoredSecretsMissing(Store!.Title, NameOf(turn)));
        }

        try
        {
            if (check is not null
                && Encoding.UTF8.GetString(Envelope.Open(found, Label(check.Owner, check.Field, check.Version),
                    new(check.Nonce, check.Cipher))) == Check)
            {
                return found;
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Falls through: a key of another installation, or of a wrong length.
        }

        throw Refused(Problems.KeyStoredSecretsWrong(Store!.Title));
    }

    private static InvalidOperationException NotOpen() => new("The vault key was not opened at the start.");

    private static ProblemException Refused(Text what, Text why, Text next) => Refused(new(what, why, next));

    private static ProblemException Refused(Problem problem) => new(ProblemKind.Failed, problem);
}
