using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>Whether a session still holds: asked by every request with a cookie, and by every open circuit once a minute.</summary>
public sealed class Sessions(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock, ILogger<Sessions> log)
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(12);

    /// <summary>Sessions that were ended are kept among the user's tokens, under their own name.</summary>
    internal const string Ended = "ended-session";

    // Ended and not yet written down (a full disk). They do not hold either, and are written with the next.
    private readonly ConcurrentDictionary<string, (Actor Who, DateTimeOffset At)> unwritten = new();

    /// <summary>Ends it on the server, so that its cookie opens nothing any more, also after a restart.</summary>
    public async Task EndAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        if (who.FindFirstValue(ActorClaims.Session) is not { } session || who.AsActor() is not { } actor)
        {
            return;
        }

        unwritten[session] = (actor, clock.GetUtcNow());
        foreach (var (one, ended) in unwritten.OrderBy(e => e.Value.At).ToList())
        {
            try
            {
                await WriteAsync(one, ended.Who, ended.At, ct);
                unwritten.TryRemove(one, out _);
            }
            catch (Exception fault) when (WriteTrouble.Is(fault))
            {
                log.LogError("The end of a session of {User} is not written down and would be forgotten by a restart: {Reason}", ended.Who.Id, fault.Message);
                return;
            }
        }
    }

    public async Task<bool> HoldsAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        if (who.FindFirstValue(ActorClaims.Session) is not { } session || unwritten.ContainsKey(session))
        {
            return false;
        }

        var (id, stamp) = (who.FindFirstValue(ClaimTypes.NameIdentifier), who.FindFirstValue(ActorClaims.Stamp));
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Users.AnyAsync(u => u.Id == id && u.SecurityStamp == stamp && u.DisabledAt == null && !db.UserTokens.Any(t => t.UserId == id && t.LoginProvider == Ended && t.Name == session), ct);
    }

    // A ticket cannot outlive Length without being renewed, so an end needs to be known no longer than that.
    private Task WriteAsync(string session, Actor who, DateTimeOffset at, CancellationToken ct) => audit.ChangeAsync(who, "user.signed-out", async (db, note) =>
    {
        var now = clock.GetUtcNow();
        var known = await db.UserTokens.Where(t => t.UserId == who.Id && t.LoginProvider == Ended).ToListAsync(ct);
        db.UserTokens.RemoveRange(known.Where(t => t.Name != session && (!DateTimeOffset.TryParse(t.Value, CultureInfo.InvariantCulture, out var end) || now - end > Length)));
        if (known.All(t => t.Name != session) && await db.Users.AnyAsync(u => u.Id == who.Id, ct))
        {
            db.UserTokens.Add(new() { UserId = who.Id, LoginProvider = Ended, Name = session, Value = at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) });
        }

        note.About("user", who.Id);
    }, ct);
}

/// <summary>Ends the sign-in of a circuit whose session no longer holds.</summary>
internal sealed class CircuitSession(ILoggerFactory log, Sessions sessions) : RevalidatingServerAuthenticationStateProvider(log)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(60);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        sessions.HoldsAsync(authenticationState.User, cancellationToken);
}
