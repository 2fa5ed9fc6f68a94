using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Secrets;

/// <summary>The key-encryption key: opened once at the start, from the store that was chosen at the first start.</summary>
public sealed class VaultKey(IEnumerable<ISecretStore> stores, ServerOptions options, Installation installation, AuditLog audit, IDbContextFactory<TimeLockerDb> databases)
{
    public const string StoreSetting = "secrets.store";
    private const string Check = "timelocker";

    private byte[]? key;

    private string Name => $"timelocker-{installation.Id}";
    private SealLabel CheckLabel => new("installation", "check", 1, installation.Id);

    /// <summary>Where the key is kept; null before <see cref="OpenAsync"/>.</summary>
    public ISecretStore? Store { get; private set; }

    /// <exception cref="ProblemException">the key is missing, wrong or readable by others: the server must not start.</exception>
    public async Task OpenAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var chosen = await db.Settings.Where(s => s.Name == StoreSetting).Select(s => s.Value).SingleOrDefaultAsync(ct);
        Store = stores.FirstOrDefault(s => s.Kind == (chosen ?? options.SecretStore)) ?? throw Refused($"There is no secret store “{chosen ?? options.SecretStore}”.",
            $"Known are {string.Join(", ", stores.Select(s => s.Kind))}.", "Start with one of them.");
        if (await Store.WhyNotAsync(ct) is { } reason)
        {
            throw Refused($"The secret store “{Store.Title}” cannot be used.", reason, "Make it available, or at the first start choose another one.");
        }

        var found = await Store.FindAsync(Name, ct);
        if (chosen is null)
        {
            await BeginAsync(found, ct);
        }
        else
        {
            key = Checked(found, await db.Secrets.AsNoTracking().SingleOrDefaultAsync(s => s.Owner == CheckLabel.Owner && s.Field == CheckLabel.Field, ct));
        }
    }

    public SealedBytes Seal(string owner, string field, int version, ReadOnlySpan<byte> plain) => Envelope.Seal(Key, Label(owner, field, version), plain);

    public byte[] Open(string owner, string field, int version, SealedBytes @sealed) => Envelope.Open(Key, Label(owner, field, version), @sealed);

    private byte[] Key => key ?? throw new InvalidOperationException("The vault key was not opened at the start.");

    private SealLabel Label(string owner, string field, int version) => new(owner, field, version, installation.Id);

    // The key is safe in its store before anything says so: a start that was cut off here takes it up again.
    private async Task BeginAsync(byte[]? found, CancellationToken ct)
    {
        var fresh = found ?? Envelope.NewKey();
        if (found is null)
        {
            await Store!.SaveAsync(Name, fresh, ct);
        }

        await audit.ChangeAsync(Actor.System, "secrets.store-chosen", (db, note) =>
        {
            var check = Envelope.Seal(fresh, CheckLabel, Encoding.UTF8.GetBytes(Check));
            db.Settings.Add(new() { Name = StoreSetting, Value = Store!.Kind });
            db.Secrets.Add(new() { Owner = CheckLabel.Owner, Field = CheckLabel.Field, Version = CheckLabel.Version, Nonce = check.Nonce, Cipher = check.Cipher });
            note.About("setting", StoreSetting, new { store = Store.Kind });
            return Task.CompletedTask;
        }, ct);
        key = fresh;
    }

    private byte[] Checked(byte[]? found, SealedSecret? check)
    {
        if (found is null)
        {
            throw Refused("The key for the stored secrets is missing.", $"“{Store!.Title}” has no key named {Name}.", "Put the key back from a backup of the state directory or key-ring.");
        }

        try
        {
            if (check is not null && Encoding.UTF8.GetString(Envelope.Open(found, CheckLabel, new(check.Nonce, check.Cipher))) == Check)
            {
                return found;
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Falls through: a key of another installation, or of a wrong length.
        }

        throw Refused("The key for the stored secrets is the wrong one.", $"The key in “{Store!.Title}” does not open this database.", "Put back the key that belongs to it; the database was not changed.");
    }

    private static ProblemException Refused(string what, string why, string next) => new(ProblemKind.Failed, what, why, next);
}
