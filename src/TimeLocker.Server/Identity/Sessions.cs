using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>Whether a session still holds: asked by every request with a cookie, and by every open circuit once a minute.</summary>
public sealed class Sessions(IDbContextFactory<TimeLockerDb> databases, TimeProvider clock)
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(12);

    // A ticket cannot outlive Length without being renewed, so an entry is needed no longer than that.
    private readonly ConcurrentDictionary<string, DateTimeOffset> signedOut = new();

    public void End(ClaimsPrincipal who)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, _) in signedOut.Where(s => now - s.Value > Length))
        {
            signedOut.TryRemove(old, out _);
        }

        if (who.FindFirstValue(ActorClaims.Session) is { } session)
        {
            signedOut[session] = now;
        }
    }

    public async Task<bool> HoldsAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        if (who.FindFirstValue(ActorClaims.Session) is not { } session || signedOut.ContainsKey(session))
        {
            return false;
        }

        var (id, stamp) = (who.FindFirstValue(ClaimTypes.NameIdentifier), who.FindFirstValue(ActorClaims.Stamp));
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Users.AnyAsync(u => u.Id == id && u.SecurityStamp == stamp && u.DisabledAt == null, ct);
    }
}

/// <summary>Ends the sign-in of a circuit whose session no longer holds.</summary>
internal sealed class CircuitSession(ILoggerFactory log, Sessions sessions) : RevalidatingServerAuthenticationStateProvider(log)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(60);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        sessions.HoldsAsync(authenticationState.User, cancellationToken);
}
