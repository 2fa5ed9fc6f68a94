using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>
/// Whether a session still holds: asked by every request with a cookie, and for every open page when an account or a
/// session changes.
/// </summary>
public sealed partial class Sessions(
    IDbContextFactory<TimeLockerDb> databases, AuditLog audit, ServerOptions options, TimeProvider clock, ILogger<Sessions> log)
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
        await LookAsync();
        foreach (var (one, ended) in unwritten.OrderBy(e => e.Value.At).ToList())
        {
            try
            {
                await WriteAsync(one, ended.Who, ended.At, ct);
                unwritten.TryRemove(one, out _);
            }
            catch (Exception fault) when (WriteFailure.Is(fault))
            {
                log.LogError(
                    "The end of a session of {User} is not written down and would be forgotten by a restart: {Reason}",
                    ended.Who.Id, fault.Message);
                return;
            }
        }
    }

    public async Task<bool> HoldsAsync(ClaimsPrincipal who, CancellationToken ct) => await WhyOverAsync(who, ct) is null;

    /// <summary>Why it does not hold any more, for whom it belongs to; null: it does.</summary>
    private async Task<Text?> WhyOverAsync(ClaimsPrincipal who, CancellationToken ct)
    {
        var id = who.FindFirstValue(ClaimTypes.NameIdentifier);
        await using var db = await databases.CreateDbContextAsync(ct);
        if (who.Identity?.AuthenticationType == TokenScheme.Name)
        {
            return await TokenCatalog.WorksAsync(db, id, clock.GetUtcNow(), ct) ? null : Texts.TokenLongerWorks;
        }

        if (who.FindFirstValue(ActorClaims.Session) is not { } session || unwritten.ContainsKey(session))
        {
            return Texts.SignedOutAnotherTab;
        }

        var user = await db.Users.Where(u => u.Id == id)
            .Select(u => new
            {
                u.SecurityStamp,
                u.DisabledAt,
                u.Role,
                Ended = db.UserTokens.Any(t => t.UserId == id && t.LoginProvider == Ended && t.Name == session),
            }).SingleOrDefaultAsync(ct);
        return user is null ? Texts.AccountLongerExists
            : user.DisabledAt is not null ? Texts.AccountDisabled
            : user.Ended ? Texts.SignedOutAnotherTab
            : user.SecurityStamp == who.FindFirstValue(ActorClaims.Stamp) ? null
            : who.FindFirstValue(ClaimTypes.Role) is { } role && role != user.Role.ToString()
            ? Texts.RoleChanged(RoleText.Of(Enum.Parse<Role>(role)), RoleText.Of(user.Role))
            : Texts.PasswordChanged;
    }

    // A ticket cannot outlive Length without being renewed, so an end needs to be known no longer than that.
    private Task WriteAsync(string session, Actor who, DateTimeOffset at, CancellationToken ct) =>
        audit.ChangeAsync(who, "user.signed-out", async (db, note) =>
    {
        var now = clock.GetUtcNow();
        var known = await db.UserTokens.Where(t => t.UserId == who.Id && t.LoginProvider == Ended).ToListAsync(ct);
        db.UserTokens.RemoveRange(known.Where(t => t.Name != session
            && (!DateTimeOffset.TryParse(t.Value, CultureInfo.InvariantCulture, out var end) || now - end > Length)));
        if (known.All(t => t.Name != session) && await db.Users.AnyAsync(u => u.Id == who.Id, ct))
        {
            db.UserTokens.Add(new()
            {
                UserId = who.Id,
                LoginProvider = Ended,
                Name = session,
                Value = at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            });
        }

        note.About("user", who.Id);
    }, ct);
}
