using Microsoft.AspNetCore.Http;

namespace TimeLocker.Server.Api;

/// <summary>
/// What a browser is told about every answer. Set at the very end, so that nothing (error pages, the framework) has
/// other ideas.
/// </summary>
internal static class SecurityHeaders
{
    public static Task SetAsync(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy(context.Request.Host.Value);
        headers.XFrameOptions = "DENY"; // for browsers and scanners that do not read frame-ancestors
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }

    // Older browsers do not take 'self' for web sockets. A refused host was not checked, so it is not repeated.
    private static string Policy(string? host)
    {
        var sockets = host is null
            || !host.All(c => char.IsAsciiLetterOrDigit(c) || "-.:[]".Contains(c, StringComparison.Ordinal)) ? ""
            : $" ws://{host} wss://{host}";
        return $"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'{sockets}; "
            + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    }
}
