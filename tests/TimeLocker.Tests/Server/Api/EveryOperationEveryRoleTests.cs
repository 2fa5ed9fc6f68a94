using System.Net.Http.Json;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Api;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>Who may do what, asked of everything that can be done: over both ways in, and of the desks behind them.</summary>
public sealed class EveryOperationEveryRoleTests : IAsyncLifetime
{
    private static readonly Role[] Roles = Enum.GetValues<Role>();

    // Lists that only their page and their operation show; the desk gives them to the command line's owner, too.
    private static readonly string[] GuardedByTheMapAlone = ["users.list", "tokens.list"];

    // An Operator may ask what they would do; doing it is for an Admin.
    private static readonly string[] GuardedBeyondADryRun = ["repositories.prune", "repositories.repair"];

    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task REST_refuses_exactly_where_the_map_says()
    {
        var wrong = new List<string>();
        foreach (var role in Roles.Select(r => (Role?)r).Append(null))
        {
            using var client = await rig.ClientAsync(role);
            foreach (var operation in BuiltIns.Operations().All)
            {
                var route = Regex.Replace(operation.Route, @"\{(\w+)\}",
                    match => match.Groups[1].Value == "id" ? Guid.NewGuid().ToString() : "abcdef");
                using var request = new HttpRequestMessage(operation.Method,
                    $"api/v1{route}")
                {
                    Content = operation.Method == HttpMethod.Get ? null
                        : GuardedBeyondADryRun.Contains(operation.Name) ? JsonContent.Create(new { dryRun = true })
                        : JsonContent.Create(new { })
                };
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                var status = (int)response.StatusCode;
                if (status is 401 or 403 or 500 ? status != Refusal(operation, role) : Refusal(operation, role) != 0)
                {
                    wrong.Add($"{operation.Name} as {role?.ToString() ?? "nobody"}: {status}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task JSON_RPC_refuses_exactly_where_the_map_says()
    {
        var wrong = new List<string>();
        foreach (var role in Roles.Select(r => (Role?)r).Append(null))
        {
            using var client = await rig.ClientAsync(role);
            foreach (var operation in BuiltIns.Operations().All)
            {
                using var response = await client.PostAsJsonAsync("rpc",
                    new { jsonrpc = "2.0", id = 1, method = operation.Name, @params = new { } });
                var code = response.IsSuccessStatusCode
                    ? (int?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]?["code"]
                    : -32000 - (int)response.StatusCode;
                var refusal = operation.Streams && role is not null ? -32601 : Refusal(operation, role) is var status
                    and not 0 ? -32000 - status : 0;
                if (code is -32601 or -32401 or -32403 or -32500 ? code != refusal : refusal != 0)
                {
                    wrong.Add($"{operation.Name} as {role?.ToString() ?? "nobody"}: {code}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_desk_behind_an_operation_refuses_too()
    {
        var open = new List<string>();
        foreach (var operation in BuiltIns.Operations().All.Where(o => !GuardedByTheMapAlone.Contains(o.Name)))
        {
            foreach (var role in Roles.Where(r => !DeskRig.Actor(r).Is(operation.Role)))
            {
                if (await AskDeskAsync(operation,
                    DeskRig.Actor(role)) is not ProblemException { Kind: ProblemKind.Forbidden } and var answer)
                {
                    open.Add($"{operation.Name} as {role}: {answer?.Message ?? "done"}");
                }
            }
        }

        open.ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_ways_in_are_open_to_nobody()
    {
        var open = rig.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => e.RoutePattern.RawText!.TrimStart('/')).Distinct();

        open.Where(r => !Regex.IsMatch(r,
            @"^(setup|login|logout|healthz|api/v1/openapi\.json|error|not-found|(css|js|_framework|_content)/.*|[\w.-]+\.(css|svg|js)(\.gz|\.br)?)$")).ShouldBeEmpty();
    }

    [Fact]
    public void Names_and_routes_are_unique()
    {
        var all = BuiltIns.Operations().All;
        all.Select(o => o.Name).ShouldBeUnique();
        all.Select(o => $"{o.Method} {o.Route}").ShouldBeUnique();
        all.Where(o => o.Method == HttpMethod.Get && o.Status != 200).ShouldBeEmpty();
    }

    private static int Refusal(Operation operation, Role? role) =>
        role is not { } has ? 401 : DeskRig.Actor(has).Is(operation.Role) ? 0 : 403;

    private async Task<Exception?> AskDeskAsync(Operation operation, Actor who)
    {
        try
        {
            var answer =
                operation.Handler.DynamicInvoke([.. operation.Handler.Method.GetParameters()
                    .Select(p => Argument(p, who))]);
            await (answer as Task ?? Task.CompletedTask);
            return null;
        }
        catch (Exception fault)
        {
            return fault is TargetInvocationException { InnerException: { } inner } ? inner : fault;
        }
    }

    private object? Argument(ParameterInfo parameter, Actor who) => parameter.ParameterType switch
    {
        var type when type == typeof(Actor) => who,
        var type when type == typeof(CancellationToken) => CancellationToken.None,
        var type when type == typeof(HttpContext) => new DefaultHttpContext { RequestServices = rig.Services },
        var type when rig.Services.GetRequiredService<IServiceProviderIsService>()
            .IsService(type) => rig.Services.GetRequiredService(type),
        var type when type == typeof(string) =>
            new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable ? null : "x",
        var type when type == typeof(string[]) => new[] { "/x" },
        var type when Nullable.GetUnderlyingType(type) is not null => null,
        { IsValueType: true } type => Activator.CreateInstance(type),
        var type => Filled(type),
    };

    // A body in which nothing is null, for the handler reads it before the desk is reached.
    private static object Filled(Type type)
    {
        var empty = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            property.SetValue(empty, property.PropertyType == typeof(string) ? "x"
                : property.PropertyType.IsGenericType && property.PropertyType.IsAssignableFrom(typeof(List<string>))
                ? new List<string>()
                : property.PropertyType == typeof(Dictionary<string, string>) ? new Dictionary<string, string>()
                : property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null);
        }

        return empty;
    }
}
