using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Secrets;

/// <summary>Secrets at rest, encrypted. Whoever changes one does it inside <c>AuditLog.ChangeAsync</c>.</summary>
public sealed class SecretVault(VaultKey key, SecretFilter live, IDbContextFactory<TimeLockerDb> databases)
{
    /// <param name="owner">What it belongs to, for example <c>repository:0199…</c>.</param>
    public async Task SaveAsync(TimeLockerDb db, string owner, string field, Secret secret)
    {
        live.Learn(secret);
        var row = await db.Secrets.FindAsync(owner, field);
        if (row is not null && Holds(row, secret))
        {
            return;
        }

        var version = (row?.Version ?? 0) + 1;
        var plain = Encoding.UTF8.GetBytes(secret.Reveal());
        var (nonce, cipher) = key.Seal(owner, field, version, plain);
        CryptographicOperations.ZeroMemory(plain);
        if (row is null)
        {
            db.Secrets.Add(new() { Owner = owner, Field = field, Version = version, Nonce = nonce, Cipher = cipher });
        }
        else
        {
            (row.Version, row.Nonce, row.Cipher) = (version, nonce, cipher);
        }
    }

    /// <exception cref="ProblemException">it is there, but does not open.</exception>
    public async Task<Secret?> FindAsync(string owner, string field, CancellationToken ct = default)
    {
        CryptographicException? fault = null;
        for (var tries = 0; tries < 2; tries++) // the key may be replaced between reading and opening
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            if (await db.Secrets.AsNoTracking().SingleOrDefaultAsync(s => s.Owner == owner && s.Field == field, ct) is not { } row)
            {
                return null;
            }

            try
            {
                return Opened(row);
            }
            catch (CryptographicException e)
            {
                fault = e;
            }
        }

        throw new ProblemException(ProblemKind.Failed, Problems.StoredSecretCannotRead(field, owner), fault!);
    }

    /// <summary>For what a person typed and is not kept (yet): no log shows it.</summary>
    public void HideFromLogs(string? secret) => live.Learn(secret ?? "");

    public async Task DeleteAsync(TimeLockerDb db, string owner, string field)
    {
        if (await db.Secrets.FindAsync(owner, field) is { } row)
        {
            db.Secrets.Remove(row);
        }
    }

    public async Task DeleteAsync(TimeLockerDb db, string owner) =>
        db.Secrets.RemoveRange(await db.Secrets.Where(s => s.Owner == owner).ToListAsync());

    private bool Holds(SealedSecret row, Secret secret)
    {
        try
        {
            return Opened(row).Reveal() == secret.Reveal();
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private Secret Opened(SealedSecret row)
    {
        var secret = new Secret(Encoding.UTF8.GetString(key.Open(row.Owner, row.Field, row.Version, new(row.Nonce, row.Cipher))));
        live.Learn(secret);
        return secret;
    }
}
