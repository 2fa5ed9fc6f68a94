using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>A program that sends nonsense is told what it sent, in the API's words and never in those of the framework.</summary>
public sealed class UnreadableRequestTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"x","compression":99}""", "“compression” has to be one of auto, off, fastest, better, max.")]
    [InlineData("""{"name":"x","compression":"tiny"}""", "“compression” has to be one of auto, off, fastest, better, max.")]
    [InlineData("""{"name":"x","name":"y"}""", "“name” is there twice.")]
    [InlineData("""{"name":"x","nonsense":1}""", "“nonsense” is not known here.")]
    [InlineData("""{"name":5}""", "“name” has to be text.")]
    [InlineData("""{"name":"x","sources":"/x"}""", "“sources” has to be a list.")]
    [InlineData("""{"name":"x","repositoryId":"no id"}""", "“repositoryId” has to be an id.")]
    [InlineData("""{"name":"x","oneFileSystem":"yes"}""", "“oneFileSystem” has to be true or false.")]
    public async Task A_body_that_cannot_be_read_is_400_and_says_which_part(string body, string why)
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("api/v1/plans", content);

        ((int)response.StatusCode, (string?)(await response.Content.ReadFromJsonAsync<JsonNode>())!["why"]).ShouldBe((400, why));
    }

    [Theory]
    [InlineData("runs?limit=many", "“limit” has to be a whole number; “many” is not.")]
    [InlineData("runs?since=yesterday", "“since” has to be a moment such as 2026-11-20T18:00:00Z; “yesterday” is not.")]
    [InlineData("plans/x", "“id” has to be an id; “x” is not.")]
    public async Task An_address_that_cannot_be_read_is_400_and_says_which_part(string path, string why)
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var response = await client.GetAsync($"api/v1/{path}");

        ((int)response.StatusCode, (string?)(await response.Content.ReadFromJsonAsync<JsonNode>())!["why"]).ShouldBe((400, why));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"plans.list"}""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"runs.list","params":{"limit":1,"LIMIT":2}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"runs.list","params":{"limit":"many"}}""", -32602)]
    public async Task A_call_that_says_something_twice_or_wrongly_is_a_fault_of_the_caller(string request, int code)
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var content = new StringContent(request, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("rpc", content);

        ((int)response.StatusCode, (int?)(await response.Content.ReadFromJsonAsync<JsonNode>())!["error"]?["code"]).ShouldBe((200, code));
    }

    [Fact]
    public async Task A_wrong_verb_is_405_and_a_body_of_another_type_415()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var verb = await client.DeleteAsync("api/v1/status");
        using var type = await client.PostAsync("api/v1/plans", new StringContent("{}", Encoding.UTF8, "text/plain"));
        using var none = await client.DeleteAsync("api/v1/nonsense");

        ((int)verb.StatusCode, (int)type.StatusCode, (int)none.StatusCode).ShouldBe((405, 415, 404));
        verb.Content.Headers.Allow.ShouldBe(["GET"]);
    }

    [Fact]
    public async Task No_body_is_the_same_as_an_empty_one()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var none = await client.PostAsync("api/v1/tokens", null);
        using var empty = await client.PostAsync("api/v1/tokens", new StringContent("{}", Encoding.UTF8, "application/json"));

        var said = await none.Content.ReadAsStringAsync();
        ((int)none.StatusCode, said).ShouldBe((400, await empty.Content.ReadAsStringAsync()));
        said.ShouldContain("is missing.");
    }
}
