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
                ? RefuseAsync(context, ProblemKind.Invalid, Problems.HostNameNotKnown)
                : !OriginGuard.Allows(context.Request)
                ? RefuseAsync(context, ProblemKind.Forbidden, Problems.RequestCameFromAnother)
                : next(context);
        });
        app.Use((context, next) =>
        {
            if (!gate.IsOpen)
            {
                return next(context);
            }

            return SetupGuard.AllowsBefore(context.Request) ? next(context)
                : context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
                ? AskForSetupAsync(context)
                : RefuseAsync(context, ProblemKind.Unavailable, Problems.TimelockerNotSetUp);
        });
        app.UseHostCookies();
    }

    internal static Task RefuseAsync(HttpContext context, ProblemKind kind, Problem problem) =>
        Rest.WriteAsync(context, (kind, problem));

    private static Task AskForSetupAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(SetupGuard.Page);
    }
}
