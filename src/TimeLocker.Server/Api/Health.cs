using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TimeLocker.Server.Api;

/// <summary>
/// Says only "ok". The instance in the header changes with every start, so that an open page knows when to load itself
/// again.
/// </summary>
public static class Health
{
    private static readonly string Instance = Guid.NewGuid().ToString("N");

    public static void MapHealth(this IEndpointRouteBuilder routes) => routes.MapGet("/healthz", (HttpResponse response) =>
    {
        response.Headers["x-instance"] = Instance;
        response.Headers.CacheControl = "no-store";
        return "ok";
    }).AllowAnonymous().ExcludeFromDescription();
}
