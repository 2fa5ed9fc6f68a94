using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>Who gets in at /api and /rpc: a token in the Authorization header, or a signed-in browser.</summary>
public static class ApiAccess
{
    public const string Policy = "api";

    public static void Add(AuthorizationOptions options) => options.AddPolicy(Policy, policy => policy
        .AddAuthenticationSchemes(TokenScheme.Name, IdentityConstants.ApplicationScheme)
        .RequireAuthenticatedUser());
}
