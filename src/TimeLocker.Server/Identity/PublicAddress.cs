using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>The public address to use from now on; empty: none.</summary>
public sealed record NewAddress(string? Address, int? Revision = null);

/// <summary>Under which addresses this server is reached.</summary>
/// <param name="Public">What was set, or null.</param>
/// <param name="Local">Opens on the server's own machine only.</param>
/// <param name="Links">What links in messages begin with.</param>
/// <param name="Readable">Passwords travel to the public address without encryption.</param>
public sealed record AddressState(string? Public, string Local, string Links, bool Readable, int Revision) : IRevised;

/// <summary>
/// Where people open this server from elsewhere, through a proxy on its machine. Links begin with it, and its host is
/// one more that the guards know.
/// </summary>
public sealed class PublicAddress(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, ServerOptions options)
{
    internal const string Setting = "public.address";

    private volatile WebAddress? current;
    private volatile int revision;

    public WebAddress? Current => current;

    /// <summary>What a link to a page of this server begins with; no slash at its end.</summary>
    public string Links => current?.ToString() ?? options.Address;

    public AddressState State =>
        new(current?.ToString(), options.Address, Links, current is { Secure: false, IsLocal: false }, revision);

    /// <summary>Every request asks for it, so it is kept in memory.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        (current, revision) = (await db.SettingAsync(Setting, WebAddress.Checked, damaged: null, ct),
            await db.RevisionAsync(Setting, ct));
    }

    /// <param name="wanted">Null or empty: none; links lead to this machine again, and no other host is answered.</param>
    public async Task<AddressState> SetAsync(string? wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var address = WebAddress.Checked(wanted);
        await audit.ChangeAsync(who, "address.set", async (db, note) =>
        {
            await db.SetAsync(Setting, address?.ToString(), ct);
            note.AboutSetting(Setting, Texts.PublicAddress);
        }, ct);
        await LoadAsync(ct);
        return State;
    }
}
