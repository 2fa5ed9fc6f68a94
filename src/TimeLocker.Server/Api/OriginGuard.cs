using Microsoft.AspNetCore.Http;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>
/// A request that changes something, or opens a circuit, comes from our own pages or from a program with a token; never
/// from a foreign page.
/// </summary>
internal static class OriginGuard
{
    public static bool Allows(HttpRequest request)
    {
        if (!Concerns(request))
        {
            return true;
        }

        var site = request.Headers["Sec-Fetch-Site"];
        if (site is not [] and not ["same-origin"] and not ["none"])
        {
            return false;
        }

        return request.Headers.Origin switch
        {
            // without a token: 401
            [] => site is ["same-origin"] || (TokenScheme.IsForPrograms(request) && request.Headers.Cookie.Count == 0),
            // Our pages send no referrer, and for that browsers hide the origin of their forms; where from they come is
            // then in Sec-Fetch-Site.
            ["null"] => site is ["same-origin"],
            [var origin] => origin == $"{request.Scheme}://{request.Host.Value}",
            _ => false,
        };
    }

    private static bool Concerns(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        || request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
        || request.Headers.Upgrade.Count > 0;
}
