using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Api;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>
/// Requests of the wrong shape: refused in words that need no knowledge of our source, never with a fault of ours.
/// </summary>
public sealed class BindingErrorsTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_cannot_be_read_is_refused_with_the_place_and_what_belongs_there()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        (string Path, string Body, string Why)[] wrong =
        [
            ("plans", """{"sources":[null]}""", "“sources” contains null, where a value has to be."),
            ("plans", """{"name":"x","name":"y"}""", "“name” is there twice."),
            ("plans", """{"tags":null}""", "“tags” cannot be null."),
            ("plans", """{"schedules":[null]}""", "“schedules” contains null, where a value has to be."),
            ("plans", """{"schedules":"0 1 * * *"}""", "“schedules” is not a list of the right things."),
            ("plans", """{"schedules":[{"cron":"0 1 * * *"}]}""", "“zone” is missing in “schedules[0]”."),
            ("plans", """{"schedules":[{"cron":5,"zone":"UTC"}]}""", "“schedules[0].cron” is not a text."),
            ("plans", """{"windows":{"allowed":[null],"blocked":[]}}""", "“allowed” contains null, where a value has to be."),
            ("plans", """{"windows":{"allowed":[{"days":["monday"],"from":"25:00","to":"18:00"}],"blocked":[]}}""",
                "“windows.allowed[0].from” is not a time of day such as 18:30."),
            ("plans", """{"retention":{"keepLast":"many"}}""", "“retention.keepLast” is not a whole number of a possible size."),
            ("plans", """{"retention":{"keepTags":[null]}}""", "“keepTags” contains null, where a value has to be."),
            ("plans", """{"retention":{"keep_last":3}}""", "There is no “keep_last” here (at “retention.keep_last”)."),
            ("plans", """{"compression":99}""", "“compression” is not one of auto, off, fastest, better, max."),
            ("plans", """{"hooks":[{"when":"sometimes","file":"x"}]}""",
                "“hooks[0].when” is not one of before, after, onSuccess, onFailure."),
            ("channels", """{"kind":"webhook","values":{"url":null}}""", "“values” contains null, where a value has to be."),
            ("rules", """{"events":[2]}""", "“events[0]” is not one of succeeded"),
        ];
        foreach (var (path, body, why) in wrong)
        {
            using var answer = await client.PostAsync($"api/v1/{path}", new StringContent(body, Encoding.UTF8, "application/json"));
            var problem = await answer.Content.ReadFromJsonAsync<JsonNode>();
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
            problem!["why"]!.ToString().ShouldStartWith(why, Case.Sensitive, body);
            problem["next"]!.ToString().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task An_address_may_leave_values_empty_and_a_wrong_one_is_named()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        (await client.GetAsync("api/v1/runs?plan=&outcome=&since=")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var (query, why) in ((string, string)[])[("plan=Papers", "“plan” cannot be “Papers”: it is an id."),
            ("since=yesterday", "“since” cannot be “yesterday”: it is a moment such as 2026-03-01T18:00:00Z.")])
        {
            using var answer = await client.GetAsync($"api/v1/runs?{query}");
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadFromJsonAsync<JsonNode>())!["why"]!.ToString().ShouldBe(why);
        }

        using var call = await client.PostAsJsonAsync("rpc",
            new { jsonrpc = "2.0", id = 1, method = "plans.get", @params = new { id = "x" } });
        (await call.Content.ReadFromJsonAsync<JsonNode>())!["error"]!["data"]!["why"]!.ToString().ShouldBe("“id” is not an id.");
    }

    [Fact]
    public async Task A_wrong_verb_and_a_body_that_is_no_JSON_are_called_so()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var verb = await client.PatchAsync($"api/v1/plans/{Guid.NewGuid()}", JsonContent.Create(new { }));
        (verb.StatusCode,
            string.Join(", ", verb.Content.Headers.Allow)).ShouldBe((HttpStatusCode.MethodNotAllowed,
                "GET, PUT, DELETE"));
        using var form = await client.PostAsync("api/v1/plans",
            new StringContent("name=x", Encoding.UTF8, "application/x-www-form-urlencoded"));
        form.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await form.Content.ReadFromJsonAsync<JsonNode>())!["next"]!.ToString().ShouldContain("application/json");
        using var large = await client.PostAsync("api/v1/plans",
            new StringContent(new string(' ', (1 << 20) + 1), Encoding.UTF8, "application/json"));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var none = await client.PostAsync("api/v1/plans", new StringContent("", Encoding.UTF8, "application/json"));
        (await none.Content.ReadFromJsonAsync<JsonNode>())!["why"]!.ToString().ShouldBe("It has no body.");
        (await client.GetAsync("api/v1/nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_optional_may_be_left_out()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "Papers", Path.GetDirectoryName(rig.Write("data/file.txt"))!);
        using var client = await rig.ClientAsync(Role.Admin);
        foreach (var path in (string[])["duplicate", "pause", "retention/apply"])
        {
            using var answer = await client.PostAsJsonAsync($"api/v1/plans/{plan.Id}/{path}", new { }, ApiJson.Options);
            ((int)answer.StatusCode).ShouldBeOneOf(200, 201, 409);
        }
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

        ((int)response.StatusCode,
            (int?)(await response.Content.ReadFromJsonAsync<JsonNode>())!["error"]?["code"]).ShouldBe((200, code));
    }

    [Fact]
    public async Task No_body_is_the_same_as_an_empty_one()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        using var none = await client.PostAsync("api/v1/tokens", null);
        using var empty = await client.PostAsync("api/v1/tokens", new StringContent("{}", Encoding.UTF8, "application/json"));

        var said = await none.Content.ReadAsStringAsync();
        ((int)none.StatusCode, said).ShouldBe((400, await empty.Content.ReadAsStringAsync()));
        said.ShouldContain("are missing.");
    }
}
