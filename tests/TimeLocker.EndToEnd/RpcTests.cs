using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>JSON-RPC 2.0 at /rpc, and the one shape of REST's errors.</summary>
[Collection(OneServer.Name)]
public sealed class RpcTests(ServerProcess server)
{
    private ApiClient Api => server.Api;

    [Fact]
    public async Task A_call_answers_with_its_id_and_what_REST_would_say()
    {
        var answer = await Api.CallAsync("machines.list");

        (answer.Text("jsonrpc"), answer.Number("id")).ShouldBe(("2.0", 7));
        answer["result"]!.ToJsonString().ShouldBe((await Api.GetAsync("machines")).Must(200).ToJsonString());
        (await Api.CallAsync("rpc.discover"))["result"]!.Items().Select(o => o.Text("name")).ShouldContain("plans.create");
    }

    [Fact]
    public async Task A_batch_is_answered_in_its_order_and_notifications_are_not()
    {
        var batch = (await Api.RpcAsync(new object[]
        {
            new { jsonrpc = "2.0", id = "a", method = "plans.list" },
            new { jsonrpc = "2.0", method = "plans.list" },
            new { jsonrpc = "2.0", id = 2, method = "no.such" },
            new { id = 3 },
        })).Must(200).Items();

        batch.Select(a => (a["id"]?.ToString(), a["error"]?["code"]?.ToString()))
            .ShouldBe([("a", null), ("2", "-32601"), ("3", "-32600")]);
        (await Api.RpcAsync(new { jsonrpc = "2.0", method = "plans.list" })).Status.ShouldBe(204);
        (await Api.RpcAsync(Array.Empty<object>())).Must(200).Text("error", "code").ShouldBe("-32600");
    }

    [Theory]
    [InlineData("{ broken", "-32700")]
    [InlineData("[1", "-32700")]
    [InlineData("42", "-32600")]
    [InlineData("null", "-32600")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"plans.list"}""", "-32600")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""", "-32600")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"plans.list","params":[1]}""", "-32602")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"plans.get"}""", "-32602")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"plans.get","params":{"id":"x"}}""", "-32602")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"plans.get","params":{"id":"00000000-0000-0000-0000-000000000000"}}""", "-32404")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"plans.create","params":{"name":"x","nonsense":1}}""", "-32602")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"runs.events","params":{}}""", "-32601")]
    public async Task What_cannot_be_answered_gets_a_code_and_a_problem(string request, string code)
    {
        using var content = new StringContent(request, Encoding.UTF8, "application/json");
        var answer = (await Api.RpcAsync(content)).Must(200);

        answer.Text("error", "code").ShouldBe(code);
        answer["error"]!["data"].ShouldBeOfType<JsonObject>().Select(p => p.Key).ShouldBe(["what", "why", "next", "code"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_unknown_is_404()
    {
        var id = Guid.NewGuid();
        foreach (var path in (string[])[$"plans/{id}", $"runs/{id}", $"runs/{id}/log", $"runs/{id}/events",
            $"repositories/{id}", $"repositories/{id}/snapshots", $"repositories/{id}/snapshots/abcdef",
                $"machines/{id}/folder?path=/", "nonsense"])
        {
            (await Api.GetAsync(path)).Status.ShouldBeOneOf([404,
                path.StartsWith("machines", StringComparison.Ordinal) ? 503 : 404], path);
            (await Api.GetAsync(path)).MustRefuse((await Api.GetAsync(path)).Status);
        }

        (await Api.PostAsync($"plans/{id}/runs", new { })).MustRefuse(404);
        (await Api.PostAsync($"runs/{id}/cancel")).MustRefuse(404);
        (await Api.PostAsync("plans", new { name = "x", repositoryId = id, sources = new[] { "/x" } })).MustRefuse(404);
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"name":"x","sources":"/x"}""")]
    [InlineData("""{"name":"x","nonsense":1}""")]
    [InlineData("""{"name":"x","repositoryId":"no id"}""")]
    [InlineData("""{"name":"x","compression":"tiny"}""")]
    public async Task What_cannot_be_read_is_400(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        (await Api.SendAsync(HttpMethod.Post, "plans", content)).MustRefuse(400);
    }

    [Fact]
    public async Task An_id_or_a_moment_of_the_wrong_form_is_400()
    {
        (await Api.GetAsync("plans/x")).MustRefuse(400);
        (await Api.GetAsync("runs?since=yesterday")).MustRefuse(400);
        (await Api.GetAsync("runs?outcome=splendid")).MustRefuse(400);
    }

    [Fact]
    public async Task Nobody_is_401_and_health_says_only_ok()
    {
        (await server.Client(null).GetAsync("status")).MustRefuse(401);
        (await server.Client(null).RpcAsync(new { jsonrpc = "2.0", id = 1, method = "status.get" })).MustRefuse(401);
        (await server.Client("tl_wrong").GetAsync("status")).MustRefuse(401);
        (await server.Client(null).Http.GetStringAsync("healthz")).ShouldBe("ok");
        (await Api.GetAsync("openapi.json")).Must(200)["paths"]!.AsObject().Count.ShouldBeGreaterThan(15);
    }
}
