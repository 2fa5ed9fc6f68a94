using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>
/// An operation's handler, compiled when it is first called: to compile all of them is a third of the time that the
/// server takes to start, and most are never asked for. What routing and the API's document want to know of them is
/// there from the beginning.
/// </summary>
internal static class LazyHandler
{
    public static IEndpointConventionBuilder MapLazy(this IEndpointRouteBuilder routes, Operation operation)
    {
        var pattern = RoutePatternFactory.Parse(operation.Route);
        RouteEndpointBuilder Described() =>
            new(null, pattern, 0) { FilterFactories = { (_, next) => call => AnswerAsync(operation, next, call) } };
        RequestDelegateFactoryOptions Options(EndpointBuilder builder) => new()
        {
            ServiceProvider = routes.ServiceProvider,
            RouteParameterNames = pattern.Parameters.Select(p => p.Name),
            ThrowOnBadRequest = true, // else the filter would call what was not understood a success
            DisableInferBodyFromParameters = operation.Method == HttpMethod.Get || operation.Method == HttpMethod.Delete,
            EndpointBuilder = builder,
        };
        var handler =
            new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(operation.Handler,
                Options(Described())).RequestDelegate);
        var endpoint = routes.MapMethods(operation.Route, [operation.Method.Method], context => handler.Value(context));
        endpoint.Add(builder =>
        {
            var described = Described();
            RequestDelegateFactory.InferMetadata(operation.Handler.Method, Options(described));
            foreach (var known in described.Metadata.Prepend(operation.Handler.Method))
            {
                builder.Metadata.Add(known);
            }
        });
        return endpoint;
    }

    private static async ValueTask<object?> AnswerAsync(Operation operation, EndpointFilterDelegate next,
        EndpointFilterInvocationContext call)
    {
        var answer = await next(call);
        call.HttpContext.Response.StatusCode = operation.Status;
        EntityTag.Write(call.HttpContext.Response, answer);
        return answer is null or IResult or string
            ? answer
            : TypedResults.Json(answer, ApiJson.For(call.HttpContext.RequestServices.GetRequiredService<Actor>()));
    }
}
