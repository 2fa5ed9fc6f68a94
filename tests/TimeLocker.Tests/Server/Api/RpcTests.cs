using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Api;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>
/// JSON-RPC to the letter: what cannot be read or is no request gets the code that the standard has for it, and does
/// nothing.
/// </summary>
public sealed class RpcTests : AdminClientTest
{
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud800"}""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"plans.list","params":{"x\udfff":1}}""", -32700)]
    [InlineData("""[{"jsonrpc":"2.0","id":"\ud83d","method":"plans.list"}]""", -32700)]
    // sent as Latin-1
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"plans.list\",\"params\":{\"q\":\"\u00ff\"}}", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"plans.list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":[1],"method":"plans.list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":true,"method":"plans.list"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":null}""", -32600)]
    [InlineData("""{"jsonrpc":2.0,"id":1,"method":"plans.list"}""", -32600)]
    [InlineData("[]", -32600)]
    [InlineData("1", -32600)]
    [InlineData("", -32700)]
    public async Task What_is_no_request_is_refused_with_the_code_for_it(string request, int code)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(request));
        using var answer = await Client.PostAsync("rpc", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var said = await answer.Content.ReadFromJsonAsync<JsonNode>();
        ((int?)said!["error"]?["code"]).ShouldBe(code, request);
        Words(said["error"]!["data"]!);
    }

    [Fact]
    public async Task A_request_whose_id_cannot_be_read_is_not_carried_out()
    {
        foreach (var id in (string[])["\"\\ud800\"", "{}", "[]", "true"])
        {
            using var content =
                new StringContent($$"""{"jsonrpc":"2.0","method":"tokens.create","params":{"name":"never","role":"viewer"},"id":{{id}}}""");
            (await Client.PostAsync("rpc", content)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await Rig.Get<TokenCatalog>().ListAsync()).ShouldNotContain(t => t.Name == "never");
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_told_so()
    {
        using var answer = await Client.PostAsJsonAsync("rpc",
            Enumerable.Range(0, 101).Select(id => new { jsonrpc = "2.0", id, method = "plans.list" }));
        var error = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["error"]!;
        ((int)error["code"]!, error["data"]!["why"]!.ToString()).ShouldBe((-32600, "It holds 101 requests; 100 are the most."));
    }

    [Fact]
    public async Task Null_for_what_must_not_be_null_is_refused_by_name_over_both_ways_in()
    {
        var services = Rig.Services.GetRequiredService<IServiceProviderIsService>();
        var tried = 0;
        foreach (var operation in BuiltIns.Operations().All.Where(o => !o.Streams))
        {
            var given = operation.Handler.Method.GetParameters()
                .Where(p => p.ParameterType != typeof(CancellationToken) && !services.IsService(p.ParameterType))
                .ToList();
            var needed =
                given.Where(p => Nullable.GetUnderlyingType(p.ParameterType) is null
                    && (p.ParameterType.IsValueType
                        || new NullabilityInfoContext().Create(p).WriteState != NullabilityState.Nullable)).ToList();
            foreach (var one in needed)
            {
                var values =
                    new JsonObject(needed.Select(p => KeyValuePair.Create(p.Name!,
                        p == one ? null : p.ParameterType == typeof(Guid) ? (JsonNode)Guid.NewGuid().ToString()
                            : p.ParameterType == typeof(string) ? "x" : new JsonObject())));
                using var answer = await Client.PostAsJsonAsync("rpc",
                    new { jsonrpc = "2.0", id = 1, method = operation.Name, @params = values });
                var error = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["error"];
                ((int?)error?["code"]).ShouldBe(-32602, $"{operation.Name}: {one.Name}");
                error!["data"]!["why"]!.ToString().ShouldBe($"“{one.Name}” cannot be null.", operation.Name);
                tried++;
            }

            if (operation.Method != HttpMethod.Get
                && needed.Exists(p => p.ParameterType.Namespace?.StartsWith("TimeLocker",
                    StringComparison.Ordinal) == true))
            {
                using var request = new HttpRequestMessage(operation.Method,
                    $"api/v1{operation.Route.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal)}")
                { Content = new StringContent("null", Encoding.UTF8, "application/json") };
                ((int)(await Client.SendAsync(request)).StatusCode).ShouldBe(400, operation.Name);
            }
        }

        tried.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Another_verb_than_POST_is_405_and_says_which_there_is()
    {
        foreach (var verb in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch])
        {
            using var answer = await Client.SendAsync(new(verb, "rpc"));
            (answer.StatusCode,
                answer.Content.Headers.Allow.ShouldHaveSingleItem()).ShouldBe((HttpStatusCode.MethodNotAllowed,
                    "POST"));
            Words((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
        }
    }

    private static void Words(JsonNode problem)
    {
        foreach (var part in (string[])["what", "why", "next"])
        {
            problem[part]?.ToString().ShouldNotBeNullOrWhiteSpace();
            problem[part]!.ToString().ShouldNotContain("Exception");
        }
    }
}
