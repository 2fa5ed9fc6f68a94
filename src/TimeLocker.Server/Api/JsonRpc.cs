using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>JSON-RPC 2.0 at /rpc: the same operations by name, parameters by name, batches and notifications.</summary>
public static class JsonRpc
{
    private const string Address = "/rpc";
    private const int LargestBatch = 100;

    public static void MapJsonRpc(this IEndpointRouteBuilder routes, OperationMap map)
    {
        routes.MapPost(Address, context => AnswerAsync(context, map)).RequireAuthorization(ApiAccess.Policy)
            .DisableAntiforgery().ExcludeFromDescription();
        routes.MapFallback(Address, context =>
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return Rest.WriteAsync(context, StatusCodes.Status405MethodNotAllowed);
        }).RequireAuthorization(ApiAccess.Policy);
    }

    private static async Task AnswerAsync(HttpContext context, OperationMap map)
    {
        JsonNode? request;
        try
        {
            request = await StrictJson.ReadAsync(context.Request.Body, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await WriteAsync(context,
                Error(null, -32700, "The request is not JSON.",
                    new(Texts.RequestCannotRead, BindingErrors.Of(e).Why, Texts.SendOneJsonRpc)));
            return;
        }

        if (request is JsonArray batch)
        {
            if (batch.Count is 0 or > LargestBatch)
            {
                await WriteAsync(context,
                    NoRequest(null,
                        batch.Count == 0 ? Texts.HoldsNoRequestsMost(LargestBatch)
                            : Texts.HoldsRequestsMost(batch.Count, LargestBatch)));
                return;
            }

            var answers = new JsonArray();
            foreach (var one in batch)
            {
                if (await CallAsync(context, map, one) is { } answer)
                {
                    answers.Add(answer);
                }
            }

            await WriteAsync(context, answers.Count > 0 ? answers : null);
        }
        else
        {
            await WriteAsync(context, await CallAsync(context, map, request));
        }
    }

    private static async Task<JsonNode?> CallAsync(HttpContext context, OperationMap map, JsonNode? request)
    {
        var call = request as JsonObject;
        var id = call?["id"];
        var readable = id is null || id.GetValueKind() is JsonValueKind.String or JsonValueKind.Number;
        Text? why = call is null ? Texts.NoObjectJsonrpcMethod
            : !readable ? Texts.IdNotTextNumber
            : !IsText(call["jsonrpc"], out var version) || version != "2.0" ? Texts.JsonrpcNot
            : !IsText(call["method"], out _) ? Texts.MethodNotText
            : null;
        if (why is not null)
        {
            return NoRequest(readable ? id : null, why);
        }

        var answer = await AnswerAsync(context, map, call!["method"]!.ToString(), call["params"], id?.DeepClone());
        return call.ContainsKey("id") ? answer : null;
    }

    private static bool IsText(JsonNode? value, out string? text)
    {
        text = value?.GetValueKind() == JsonValueKind.String ? value.ToString() : null;
        return text is not null;
    }

    private static JsonObject NoRequest(JsonNode? id, Text why) => Error(id, -32600,
        "This is not a JSON-RPC 2.0 request.",
        new(Texts.RequestCannotRead, why, Texts.SeeRpcDiscover));

    [SuppressMessage("Design", "CA1031", Justification = "Each fault is an answer; ours goes to the log.")]
    private static async Task<JsonNode> AnswerAsync(HttpContext context, OperationMap map, string method,
        JsonNode? given, JsonNode? id)
    {
        if (method == "rpc.discover")
        {
            var list = map.All.Select(o => new
            {
                name = o.Name,
                role = o.Role,
                summary = o.Summary,
                rest = $"{o.Method.Method} {Rest.Prefix}{o.Route}",
                restOnly = o.Streams
            });
            return Result(id, list, null);
        }

        if (map.Find(method) is not { } operation || operation.Streams)
        {
            return Error(id, -32601, $"There is no method “{method}”.", Problems.NoMethodMistypedOr(method));
        }

        try
        {
            var who = context.RequestServices.GetRequiredService<Actor>();
            who.MustBe(operation.Role);
            return Result(id, await InvokeAsync(operation, Bind(operation, given, context)), who);
        }
        catch (Exception fault)
        {
            var cause = fault is TargetInvocationException { InnerException: { } inner } ? inner : fault;
            var (kind, problem) = cause is JsonException or FormatException
                ? (ProblemKind.Invalid, BindingErrors.Of(cause).With(what: Texts.ParametersCannotRead))
                : Rest.Explain(cause, context);
            return Error(id, kind == ProblemKind.Invalid ? -32602 : -32000 - Rest.StatusOf(kind), problem.What.Full, problem);
        }
    }

    // A parameter is a service, the caller's body (the first complex type) or one of the params by name.
    private static object?[] Bind(Operation operation, JsonNode? given, HttpContext context)
    {
        var values = given switch
        {
            null => [],
            JsonObject named => Named(named),
            _ => throw new FormatException("Parameters are given by name, as an object."),
        };
        var parameters = operation.Handler.Method.GetParameters();
        var services = context.RequestServices.GetRequiredService<IServiceProviderIsService>();
        var simple =
            parameters.Where(p => p.ParameterType != typeof(CancellationToken) && !services.IsService(p.ParameterType))
                .ToList();
        return [.. parameters.Select(p =>
            p.ParameterType == typeof(CancellationToken) ? context.RequestAborted
            : services.IsService(p.ParameterType) ? context.RequestServices.GetRequiredService(p.ParameterType)
            : values.TryGetValue(p.Name!, out var value) ? Read(p, value)
            : IsBody(p) ? new JsonObject(
                values.Where(v =>
                    simple.All(s => s == p || !string.Equals(s.Name, v.Key, StringComparison.OrdinalIgnoreCase)))
                    .Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone()))).Deserialize(p.ParameterType,
                    ApiJson.Options)
            : p.HasDefaultValue ? p.DefaultValue
            : MayBeNull(p) ? null
            : throw new FormatException($"The parameter “{p.Name}” is missing."))];
    }

    private static Dictionary<string, JsonNode?> Named(JsonObject given)
    {
        var values = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in given)
        {
            if (!values.TryAdd(name, value))
            {
                throw new FormatException($"“{name}” is there twice.");
            }
        }

        return values;
    }

    private static bool MayBeNull(ParameterInfo parameter) => Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        || (!parameter.ParameterType.IsValueType
            && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable);

    private static object? Read(ParameterInfo parameter, JsonNode? value)
    {
        if (value is null)
        {
            return MayBeNull(parameter) ? null : throw new FormatException($"“{parameter.Name}” cannot be null.");
        }

        if (value is JsonArray list && !IsBody(parameter) && list.Contains(null))
        {
            throw new FormatException($"“{parameter.Name}” contains null, where a value has to be.");
        }

        try
        {
            return value.Deserialize(parameter.ParameterType, ApiJson.Options);
        }
        catch (JsonException) when (!IsBody(parameter))
        {
            throw new FormatException($"“{parameter.Name}” is not {BindingErrors.Kind(parameter.ParameterType)}.");
        }
    }

    private static bool IsBody(ParameterInfo parameter) =>
        parameter.ParameterType.Namespace?.StartsWith("TimeLocker", StringComparison.Ordinal) == true
            && !parameter.ParameterType.IsEnum;

    private static async Task<object?> InvokeAsync(Operation operation, object?[] arguments)
    {
        var answer = operation.Handler.DynamicInvoke(arguments);
        if (answer is not Task task)
        {
            return answer;
        }

        await task;
        var value = task.GetType().GetProperty("Result")?.GetValue(task);
        return value?.GetType().Name == "VoidTaskResult" ? null : value;
    }

    private static JsonObject Result(JsonNode? id, object? value, Actor? who) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = JsonSerializer.SerializeToNode(value, ApiJson.For(who)) };

    private static JsonObject Error(JsonNode? id, int code, string message, Problem problem)
    {
        var data = JsonSerializer.SerializeToNode(problem, ApiJson.Options)!.AsObject();
        data["code"] = problem.Code;
        return new()
        {
            ["jsonrpc"] = "2.0",
            ["id"] = id?.DeepClone(), // an answer that could not be written has it already
            ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["data"] = data },
        };
    }

    private static Task WriteAsync(HttpContext context, JsonNode? answer)
    {
        if (answer is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return context.Response.WriteAsJsonAsync(answer, ApiJson.Options);
    }
}
