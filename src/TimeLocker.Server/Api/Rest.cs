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

    /// <summary>
    /// Who announces no body says nothing: the same as <c>{}</c>. JSON that is announced and then missing stays a
    /// fault. Before routing, which looks at the body's type.
    /// </summary>
    public static IApplicationBuilder UseEmptyBodies(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && context.Request.Path.StartsWithSegments(Prefix)
            && context.Request.Headers.TransferEncoding.Count == 0 && context.Request.ContentLength is null or 0
            && context.Request.ContentType is null)
        {
            (context.Request.ContentType, context.Request.ContentLength, context.Request.Body) = ("application/json", 2,
                new MemoryStream("{}"u8.ToArray()));
            context.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody());
        }

        return next(context);
    });

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }

    /// <summary>Turns whatever went wrong under /api and /rpc into problem details.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) =>
        app.UseExceptionHandler(errors => errors.Run(async context =>
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        await (fault is BadHttpRequestException { StatusCode: not StatusCodes.Status400BadRequest } bad
            ? WriteAsync(context, bad.StatusCode)
            : WriteAsync(context, Explain(fault, context)));
    }));

    /// <summary>A bare status code (nobody signed in, wrong verb …) gets its words.</summary>
    public static Task ExplainStatusAsync(StatusCodeContext status) =>
        WriteAsync(status.HttpContext, status.HttpContext.Response.StatusCode);

    /// <summary>A status with the usual words for it.</summary>
    public static Task WriteAsync(HttpContext context, int code)
    {
        (ProblemKind Kind, Problem Problem) error = code switch
        {
            401 => (ProblemKind.Unauthorized, Problems.NobodySignedInRequest),
            403 => (ProblemKind.Forbidden, Problems.YouNotAllowedDo),
            404 => (ProblemKind.NotFound, Problems.NoSuchOperationAddress(Prefix)),
            405 => (ProblemKind.Invalid, ApiFallback.WrongVerb(context.Request.Method, context.Response.Headers.Allow.ToString())),
            413 => (ProblemKind.Invalid, Problems.RequestTooLargeBody),
            415 => (ProblemKind.Invalid, ApiFallback.NoJson(context.Request.ContentType)),
            429 => (ProblemKind.TooMany, Problems.TooManyRequestsAddress),
            _ => (ProblemKind.Invalid, Problems.RequestCannotAnsweredNot(Prefix)),
        };
        return WriteAsync(context, code, error.Kind, error.Problem);
    }

    public static Task WriteAsync(HttpContext context, (ProblemKind Kind, Problem Problem) error) =>
        WriteAsync(context, StatusOf(error.Kind), error.Kind, error.Problem);

    public static async Task WriteAsync(HttpContext context, int status, ProblemKind kind, Problem problem)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(
            new Refusal(
                $"about:blank#{kind.ToString().ToLowerInvariant()}", problem.What.Full, status, problem.Why.Full,
                problem.Code, problem.What.Full, problem.Why.Full, problem.Next.Full, problem.Meanwhile),
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
            case not null when DatabaseDamage.Explain(fault,
                context.RequestServices.GetRequiredService<ServerOptions>().DatabaseFile) is { } damage:
                context.RequestServices
                    .GetRequiredService<ILoggerFactory>()
                    .CreateLogger("TimeLocker.Api")
                    .LogCritical("{What} {Why} {Next}", damage.Problem.What.Full, damage.Problem.Why.Full,
                    damage.Problem.Next.Full);
                return (damage.Kind, damage.Problem);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return (ProblemKind.Unavailable, Problems.NobodyWaitsAnswerConnection);
            default:
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("TimeLocker.Api")
                    .LogError(fault, "request {Id} failed", context.TraceIdentifier);
                return (ProblemKind.Failed, Problems.TimelockerCouldNotDo(context.TraceIdentifier));
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
