using System.Net;
using Microsoft.AspNetCore.Http;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>
/// Requests that a proxy on this machine passes on for the public address. They are known by their host: a foreign page
/// cannot choose it, and from elsewhere nobody reaches this port. Such a request counts as made with the public
/// address's scheme, so that its origin is right and its cookies are secure.
/// </summary>
internal static class ReverseProxy
{
    /// <returns>Whether it is such a request; then scheme and sender are those that the proxy saw.</returns>
    public static bool Accepts(HttpContext context, WebAddress? address)
    {
        var request = context.Request;
        if (address is null || request.Headers.Host is not [{ } host] || host != address.Authority
            || context.Connection.RemoteIpAddress is not { } sender || !IPAddress.IsLoopback(sender)
            || !SaysScheme(request, address))
        {
            return false;
        }

        request.Scheme = address.Scheme;
        context.Connection.RemoteIpAddress = Sender(request) ?? sender;
        return true;
    }

    // A proxy that also listens without TLS, and says so, would make “secure” a lie.
    private static bool SaysScheme(HttpRequest request, WebAddress address) =>
        request.Headers["X-Forwarded-Proto"] is [] or [null]
            || (request.Headers["X-Forwarded-Proto"] is [{ } said] && said == address.Scheme);

    // The last one is what our own proxy wrote; what stands before it was sent by whoever asks.
    private static IPAddress? Sender(HttpRequest request) =>
        request.Headers["X-Forwarded-For"] is [.., { } last]
            && IPAddress.TryParse(last.Split(',')[^1].Trim(), out var from) ? from : null;
}
