using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>The pages before sign-in: plain HTML and forms, no script, no circuit.</summary>
public static class AuthEndpoints
{
    private static readonly string[] Look = [HttpMethods.Get, HttpMethods.Head];
    private static readonly Problem OldForm = Problems.NothingDoneFormOpen;

    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        var doors = routes.MapGroup("").AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(16 * 1024))
            .ExcludeFromDescription();
        doors.MapMethods("/setup", Look,
            (SetupGate gate, string? token) => gate.IsOpen ? Setup(null, token, "", 200) : Results.NotFound());
        doors.MapPost("/setup", SetupAsync);
        doors.MapMethods("/login", Look, (HttpContext context, string? returnUrl, string? signedOut) =>
            context.User.Identity?.IsAuthenticated == true ? Results.LocalRedirect(Local(returnUrl))
                : Login(new() { ReturnUrl = Local(returnUrl), SignedOut = signedOut is not null }, 200));
        doors.MapPost("/login", LoginAsync);
        doors.MapGet("/logout",
            (HttpContext context) => context.User.Identity?.IsAuthenticated == true
                ? new RazorComponentResult<LogoutPage>() : Results.LocalRedirect("/login"));
        doors.MapPost("/logout", LogoutAsync);
    }

    private static async Task<IResult> SetupAsync(HttpContext context, IAntiforgery antiforgery, SetupGate gate,
        DeviceCookie device, CancellationToken ct)
    {
        if (!gate.IsOpen)
        {
            return Results.NotFound();
        }

        if (await FormAsync(context, antiforgery) is not { } form)
        {
            return Setup(OldForm, null, "", StatusCodes.Status400BadRequest);
        }

        var name = form["name"].ToString();
        try
        {
            if (form["password"] != form["again"])
            {
                throw ProblemException.Invalid(Problems.AccountNotMadeTwo);
            }

            await OpenSessionAsync(context,
                await gate.CompleteAsync(form["token"].ToString(), name, new Secret(form["password"].ToString()), ct),
                device);
            return Results.LocalRedirect("/start");
        }
        catch (ProblemException e)
        {
            return Setup(e.Problem, form["token"], name,
                e.Kind == ProblemKind.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> LoginAsync(HttpContext context, IAntiforgery antiforgery, SignInDesk desk,
        DeviceCookie device, CancellationToken ct)
    {
        if (await FormAsync(context, antiforgery) is not { } form)
        {
            return Login(new() { ReturnUrl = "/", Problem = OldForm }, StatusCodes.Status400BadRequest);
        }

        var model = new LoginModel { ReturnUrl = Local(form["returnUrl"]), UserName = form["name"].ToString() };
        SignIn tried;
        try
        {
            tried = await desk.TryAsync(model.UserName, new Secret(form["password"].ToString()), device.Read(context), ct);
        }
        catch (ProblemException e) when (e.Kind == ProblemKind.Unavailable)
        {
            // Nobody comes in unwritten.
            var refused = model with { Problem = e.Problem.With(what: Texts.YouNotSignedIn) };
            return Login(refused, StatusCodes.Status503ServiceUnavailable);
        }

        if (tried.User is { } user)
        {
            await OpenSessionAsync(context, user, device);
            return Results.LocalRedirect(model.ReturnUrl);
        }

        if (tried.Wait is { } time)
        {
            var seconds = (int)Math.Ceiling(time.TotalSeconds);
            context.Response.Headers.RetryAfter = $"{seconds}";
            return Login(model with { Problem = Problems.TooManyWrongPasswords(seconds) }, StatusCodes.Status429TooManyRequests);
        }

        return Login(model with { Problem = Problems.YouNotSignedInTry }, StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, IAntiforgery antiforgery, Sessions sessions,
        CancellationToken ct)
    {
        if (context.User.Identity?.IsAuthenticated == true)
        {
            if (await FormAsync(context, antiforgery) is null)
            {
                return new RazorComponentResult<LogoutPage> { StatusCode = StatusCodes.Status400BadRequest };
            }

            await sessions.EndAsync(context.User, ct);
            await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        }

        return Results.LocalRedirect("/login?signedOut=yes");
    }

    private static async Task OpenSessionAsync(HttpContext context, User user, DeviceCookie device)
    {
        await context.SignInAsync(IdentityConstants.ApplicationScheme, ActorClaims.NewSession(user));
        if (device.Read(context)?.UserId != user.Id)
        {
            device.Write(context, user);
        }
    }

    /// <summary>Null when it is no form of ours, or too large.</summary>
    private static async Task<IFormCollection?> FormAsync(HttpContext context, IAntiforgery antiforgery)
    {
        try
        {
            var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
            return form is not null && await antiforgery.IsRequestValidAsync(context) ? form : null;
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>A path of this server; everything else becomes the first page.</summary>
    internal static string Local(string? url) =>
        url is ['/', .. var rest] && rest is not ['/' or '\\', ..] && !url.Any(char.IsControl) ? url : "/";

    private static RazorComponentResult<SetupPage> Setup(Problem? problem, string? token, string name, int status) =>
        new RazorComponentResult<SetupPage>(new { Problem = problem, Token = token, UserName = name }) { StatusCode = status };

    private static RazorComponentResult<LoginPage> Login(LoginModel model, int status) =>
        new RazorComponentResult<LoginPage>(new { Model = model }) { StatusCode = status };
}

/// <summary>What the sign-in page shows.</summary>
public sealed record LoginModel
{
    public required string ReturnUrl { get; init; }
    public string UserName { get; init; } = "";
    public Problem? Problem { get; init; }
    public bool SignedOut { get; init; }
}
