using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeLocker.Core;

namespace TimeLocker.Server.Identity;

/// <summary><c>Authorization: Bearer tl_…</c>, on the addresses of programs only.</summary>
internal sealed class TokenScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger,
    UrlEncoder encoder, TokenCatalog tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string Name = "Bearer";
    private const string Prefix = "Bearer ";

    /// <summary>Addresses for programs: they answer 401, never with a page to sign in.</summary>
    internal static bool IsForPrograms(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/rpc");

    internal static bool IsUsedBy(HttpRequest request) => IsForPrograms(request) && HasToken(request);

    internal static bool HasToken(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!HasToken(Request))
        {
            return AuthenticateResult.NoResult();
        }

        var actor = await tokens.FindAsync(Request.Headers.Authorization.ToString()[Prefix.Length..].Trim(),
            Context.RequestAborted);
        return actor is null
            ? AuthenticateResult.Fail("The token is unknown, expired or revoked.")
            : AuthenticateResult.Success(new AuthenticationTicket(ActorClaims.Principal(actor, Name), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = Name;
        return Task.CompletedTask;
    }
}
