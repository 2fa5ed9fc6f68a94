using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace TimeLocker.Server.Api;

/// <summary>Until there is a first Admin, the setup page is all there is; afterwards there is no setup page.</summary>
internal static class SetupGuard
{
    internal static bool IsSetup(PathString path) => path == "/setup";

    /// <summary>The setup page with its style and icon, and the sign of life.</summary>
    public static bool AllowsBefore(HttpRequest request) => IsSetup(request.Path) || request.Path == "/healthz"
        || (HttpMethods.IsGet(request.Method)
            && (request.Path.StartsWithSegments("/css") || request.Path == "/js/theme.js"
                || request.Path.ToString().StartsWith("/favicon", StringComparison.Ordinal)));

    internal static string Page => $"""
        <!DOCTYPE html>
        <html lang="{CultureInfo.CurrentUICulture.Name}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Texts.SetupNeeded}</title>
        <link rel="icon" type="image/svg+xml" href="/favicon.svg"><link rel="stylesheet" href="/css/tokens.css"><link rel="stylesheet" href="/css/app.css"></head>
        <body><main class="auth"><div class="auth-card"><h1>{Texts.NotSetUpYet}</h1>
        <p>{Texts.NobodyCanSignInYet}</p>
        <a class="button primary" href="/setup">{Texts.GoToSetup}</a></div></main></body></html>
        """;
}
