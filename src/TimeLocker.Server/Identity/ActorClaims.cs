using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using TimeLocker.Core;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>An <see cref="Actor"/> as the framework carries it: claims of a principal.</summary>
public static class ActorClaims
{
    internal const string Session = "tl:session", Stamp = "tl:stamp", Came = "tl:via";

    /// <summary>Null when nobody is signed in.</summary>
    public static Actor? AsActor(this ClaimsPrincipal? principal) =>
        principal?.Identity?.IsAuthenticated == true
        && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
        && Enum.TryParse<Role>(principal.FindFirstValue(ClaimTypes.Role), out var role)
        && Enum.TryParse<Via>(principal.FindFirstValue(Came), out var via)
            ? new(id, principal.Identity.Name ?? "", role, via)
            : null;

    internal static ClaimsPrincipal Principal(Actor actor, string scheme, params IEnumerable<Claim> more) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, actor.Id), new(ClaimTypes.Name, actor.Name),
            new(ClaimTypes.Role, actor.Role.ToString()), new(Came, actor.Via.ToString()), .. more], scheme));

    internal static ClaimsPrincipal NewSession(User user) =>
        Principal(new(user.Id, user.UserName!, user.Role, Via.Ui), IdentityConstants.ApplicationScheme,
        new Claim(Stamp, user.SecurityStamp!), new Claim(Session, RandomNumberGenerator.GetHexString(32)));
}
