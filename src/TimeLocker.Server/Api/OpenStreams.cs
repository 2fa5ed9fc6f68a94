using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>
/// A stream (events, a download) is open for as long as it takes: it is cut off when whoever asked for it may act no
/// more.
/// </summary>
internal static class OpenStreams
{
    public static IApplicationBuilder UseOpenStreams(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.OfType<Operation>().FirstOrDefault() is not { Streams: true })
        {
            await next(context);
            return;
        }

        using var visit = context.RequestServices.GetRequiredService<Sessions>().Open(context.User);
        await using var end = visit.Ended.Register(context.Abort);
        await next(context);
    });
}
