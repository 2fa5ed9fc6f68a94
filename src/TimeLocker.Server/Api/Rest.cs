using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;

namespace TimeLocker.Server.Api;

/// <summary>The operations over HTTP, and the one shape of their errors: problem details with what, why and next step.</summary>
public static class Rest
{
    public const string Prefix = "/api/v1";
    public const string ProblemJson = "application/problem+json";

    public static void MapRest(this IEndpointRouteBuilder routes, OperationMap map)
    {
        var group = routes.MapGroup(Prefix).RequireAuthorization(ApiAccess.Policy);
        foreach (var operation in map.All)
        {
            group.MapLazy(operation)
                .WithName(operation.Name)
                .WithSummary(operation.Summary)
                .WithDescription($"Needs the role {operation.Role}. JSON-RPC method: {operation.Name}.")
                .WithTags(operation.Name.Split('.')[0])
                .DisableAntiforgery() // the origin guard covers cookies; tokens are not sent by browsers
                .WithMetadata(operation);
        }

        group.MapFallback(context => ApiFallback.AnswerAsync(context, map));
    }

    /// <summary>Refuses before anything of the request is read: what it asks for is nobody's business but theirs who may.</summary>
    public static IApplicationBuilder UseRoles(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation)
        {
            context.RequestServices.GetRequiredService<Actor>().MustBe(operation.Role);
        }

        return next(context);
    });

    /// <summary>Who announces no body says nothing: the same as <c>{}</c>. JSON that is announced and then missing stays a fault. Before routing, which looks at the body's type.</summary>
    public static IApplicationBuilder UseEmptyBodies(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && context.Request.Path.StartsWithSegments(Prefix) && context.Request.Headers.TransferEncoding.Count == 0 && context.Request.ContentLength is null or 0
            && context.Request.ContentType is null)
        {
            (context.Request.ContentType, context.Request.ContentLength, context.Request.Body) = ("application/json", 2, new MemoryStream("{}"u8.ToArray()));
            context.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody());
        }

        return next(context);
    });

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }

    /// <summary>Turns whatever went wrong under /api and /rpc into problem details.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app.UseExceptionHandler(errors => errors.Run(async context =>
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        await (fault is BadHttpRequestException { StatusCode: not StatusCodes.Status400BadRequest } bad
            ? WriteAsync(context, bad.StatusCode)
            : WriteAsync(context, Explain(fault, context)));
    }));

    /// <summary>A bare status code (nobody signed in, wrong verb …) gets its words.</summary>
    public static Task ExplainStatusAsync(StatusCodeContext status) => WriteAsync(status.HttpContext, status.HttpContext.Response.StatusCode);

    /// <summary>A status with the usual words for it.</summary>
    public static Task WriteAsync(HttpContext context, int code)
    {
        (ProblemKind Kind, Problem Problem) error = code switch
        {
            401 => (ProblemKind.Unauthorized, new("Nobody is signed in.", "The request carries no valid token and no session.", "Send a token: Authorization: Bearer tl_… (Settings › API tokens, or “timelocker token create”).")),
            403 => (ProblemKind.Forbidden, new("You are not allowed to do this.", "Your role does not cover it.", "Ask an Admin of this TimeLocker.")),
            404 => (ProblemKind.NotFound, new("There is no such operation.", "The address is mistyped.", $"See {Prefix}/openapi.json.")),
            405 => (ProblemKind.Invalid, ApiFallback.WrongVerb(context.Request.Method, context.Response.Headers.Allow.ToString())),
            413 => (ProblemKind.Invalid, new("The request is too large.", "Its body has more than 1 MiB.", "Send less at once.")),
            415 => (ProblemKind.Invalid, ApiFallback.NoJson(context.Request.ContentType)),
            429 => (ProblemKind.TooMany, new("Too many requests.", "This address or token asked more often than is allowed.", "Wait a minute and try again.")),
            _ => (ProblemKind.Invalid, new("The request cannot be answered.", "It is not made as HTTP wants it.", $"Compare it with {Prefix}/openapi.json.")),
        };
        return WriteAsync(context, code, error.Kind, error.Problem);
    }

    public static Task WriteAsync(HttpContext context, (ProblemKind Kind, Problem Problem) error) => WriteAsync(context, StatusOf(error.Kind), error.Kind, error.Problem);

    public static async Task WriteAsync(HttpContext context, int status, ProblemKind kind, Problem problem)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(
            new Refusal(
                $"about:blank#{kind.ToString().ToLowerInvariant()}", problem.What, status, problem.Why,
                problem.What, problem.Why, problem.Next, problem.Meanwhile),
            ApiJson.Options,
            ProblemJson);
    }

    public static (ProblemKind Kind, Problem Problem) Explain(Exception? fault, HttpContext context)
    {
        switch (fault)
        {
            case ProblemException problem:
                return (problem.Kind, problem.Problem.For(context.User.AsActor()));
            case BadHttpRequestException bad:
                return (ProblemKind.Invalid, BindingErrors.Of(bad));
            case not null when DatabaseDamage.Explain(fault, context.RequestServices.GetRequiredService<ServerOptions>().DatabaseFile) is { } damage:
                context.RequestServices
                    .GetRequiredService<ILoggerFactory>()
                    .CreateLogger("TimeLocker.Api")
                    .LogCritical("{What} {Why} {Next}", damage.Problem.What, damage.Problem.Why, damage.Problem.Next);
                return (damage.Kind, damage.Problem);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return (ProblemKind.Unavailable, new("Nobody waits for the answer.", "The connection was closed.", "Ask again."));
            default:
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("TimeLocker.Api").LogError(fault, "request {Id} failed", context.TraceIdentifier);
                return (ProblemKind.Failed, new("TimeLocker could not do this.", $"A fault with the id {context.TraceIdentifier}; the server's log has the details.", "Try again; report it if it happens again."));
        }
    }

    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => 400,
        ProblemKind.Unauthorized => 401,
        ProblemKind.Forbidden => 403,
        ProblemKind.NotFound => 404,
        ProblemKind.Conflict => 409,
        ProblemKind.Unseen => 428,
        ProblemKind.Upstream => 424, // not 502: a proxy would put its own page in place of the words
        ProblemKind.TooMany => 429,
        ProblemKind.Unavailable => 503,
        _ => 500,
    };
}
