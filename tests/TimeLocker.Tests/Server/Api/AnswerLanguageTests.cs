using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>People read an answer in their language; programs go by what is the same in each.</summary>
public sealed class AnswerLanguageTests : AdminClientTest
{
    [Theory]
    [InlineData("api/v1/plans/00000000-0000-7000-8000-000000000001", null)]
    [InlineData("rpc", """{"jsonrpc":"2.0","id":1,"method":"plans.get","params":{"id":"00000000-0000-7000-8000-000000000001"}}""")]
    public async Task A_refusal_is_said_in_the_language_that_was_asked_for_and_has_one_code(string address, string? body)
    {
        var english = await RefusalAsync(address, body, "en");
        var other = await RefusalAsync(address, body, "qps-Ploc");
        var unknown = await RefusalAsync(address, body, "x-klingon, de;q=0.5");

        english["code"]!.ToString().ShouldBe("Core.NoSuchThing");
        (other["code"]!.ToString(), unknown["code"]!.ToString()).ShouldBe(("Core.NoSuchThing", "Core.NoSuchThing"));
        english["what"]!.ToString().ShouldNotContain("⟦");
        other["what"]!.ToString().ShouldStartWith("⟦");
        unknown["what"]!.ToString().ShouldBe(english["what"]!.ToString());
    }

    private async Task<JsonNode> RefusalAsync(string address, string? body, string language)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, address)
        {
            Content = body is null ? null : new StringContent(body),
            Headers = { { "Accept-Language", language } },
        };
        using var answer = await Client.SendAsync(request);
        var said = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return said["error"]?["data"] ?? said;
    }
}
