using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>What every request passes before it is routed.</summary>
public static class Guards
{
    public static void UseTimeLockerGuards(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<ServerOptions>();
        var gate = app.Services.GetRequiredService<SetupGate>();
        var address = app.Services.GetRequiredService<PublicAddress>();
        app.Use((context, next) =>
        {
            context.Response.OnStarting(SecurityHeaders.SetAsync, context);
            return !ReverseProxy.Accepts(context, address.Current) && !HostGuard.Allows(context.Request, options.AllowedHosts)
                ? RefuseAsync(context, ProblemKind.Invalid, new("This host name is not known here.", "The request was made for another name, port or scheme than this server's.", "Use the address that TimeLocker showed at its start, or its public address (Settings › General, or: timelocker address set)."))
                : !OriginGuard.Allows(context.Request)
                ? RefuseAsync(context, ProblemKind.Forbidden, new("This request came from another site.", "Only TimeLocker's own pages, or programs with a token and without cookies, may do this.", "Open TimeLocker's own page and try there."))
                : next(context);
        });
        app.Use((context, next) =>
        {
            if (!gate.IsOpen)
            {
                return next(context);
            }

            return SetupGuard.AllowsBefore(context.Request) ? next(context)
                : context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) ? AskForSetupAsync(context)
                : RefuseAsync(context, ProblemKind.Unavailable, new("TimeLocker is not set up yet.", "There is no first Admin.", "Open /setup in a browser, or run: timelocker setup --admin NAME."));
        });
        app.UseHostCookies();
    }

    internal static Task RefuseAsync(HttpContext context, ProblemKind kind, Problem problem) => Rest.WriteAsync(context, (kind, problem));

    private static Task AskForSetupAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(SetupGuard.Page);
    }
}
