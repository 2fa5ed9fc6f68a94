using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Feeds;

/// <summary>
/// A token with the scope of the feed that is asked for: as Bearer, or as the password of Basic, which is all that
/// calendars can send. Never in the address, which ends in logs. No session opens a feed.
/// </summary>
internal sealed class FeedScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger,
    UrlEncoder encoder, TokenCatalog tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string Name = "Feed";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<FeedScope>() is not { } feed || Token() is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        return await tokens.FindAsync(token, feed.Scope, Context.RequestAborted) is { } actor
            ? AuthenticateResult.Success(new AuthenticationTicket(ActorClaims.Principal(actor, Name), Name))
            : AuthenticateResult.Fail("The token is unknown, expired, revoked, or not for this.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Basic realm=\"TimeLocker\", charset=\"UTF-8\"";
        return Task.CompletedTask;
    }

    private string? Token()
    {
        var given = Request.Headers.Authorization.ToString();
        if (given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return given["Bearer ".Length..].Trim();
        }

        if (!given.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[given.Length];
        return Convert.TryFromBase64String(given["Basic ".Length..].Trim(), bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var password] ? password : null;
    }
}

/// <summary>What a token must be made for to open this address.</summary>
internal sealed record FeedScope(TokenScope Scope);
