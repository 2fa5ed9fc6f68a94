using Microsoft.AspNetCore.Http;

namespace TimeLocker.Server.Api;

/// <summary>
/// Only names of our own: a foreign name that was made to point here (DNS rebinding) is refused before anything else
/// looks at the request.
/// </summary>
internal static class HostGuard
{
    private static readonly string[] Own = ["localhost", "127.0.0.1", "[::1]"];

    public static bool Allows(HttpRequest request, IReadOnlyList<string> more)
    {
        if (request.Headers.Host is not [{ Length: > 0 } host])
        {
            return false;
        }

        var port = request.HttpContext.Connection.LocalPort;
        var plain = port == (request.IsHttps ? 443 : 80);
        return Own.Any(name => host == $"{name}:{port}" || (plain && host == name))
            || more.Any(name => host == name || host == $"{name}:{port}");
    }
}
