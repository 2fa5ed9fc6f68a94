using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

/// <summary>A status says whose fault it is: the caller's, the other side's (424, 503), or ours (500) and nobody else's.</summary>
public sealed class StatusTests : AdminClientTest
{
    [Fact]
    public async Task A_repository_that_another_password_opens_is_no_fault_of_the_server()
    {
        var place = await Rig.RepositoryAsync();
        foreach (var file in Directory.GetFiles(Rig.In("place", "keys")))
        {
            File.Delete(file);
        }

        await Rig.Agent.AskAsync(new TimeLocker.Core.Agents.ListFolder("/"), default); // the machine itself is well
        await BothAsync("keys.list", HttpMethod.Get, $"repositories/{place.Id}/keys", new { id = place.Id },
            HttpStatusCode.FailedDependency);
    }

    [Fact]
    public async Task A_service_that_refuses_a_message_is_no_fault_of_the_server()
    {
        await using var receiver = new Receiver();
        receiver.Answers(307, location: "http://127.0.0.1:1/");
        var channel = new { name = "x", kind = "webhook", values = new { url = receiver.Address, ownNetwork = "true" } };
        await BothAsync("channels.test", HttpMethod.Post, "channels/test", channel, HttpStatusCode.FailedDependency);
        receiver.Answers(401);
        await BothAsync("channels.test", HttpMethod.Post, "channels/test", channel, HttpStatusCode.FailedDependency);
    }

    [Fact]
    public async Task A_machine_that_nobody_knows_is_not_found_and_not_merely_absent()
    {
        var (none, place) = (Guid.NewGuid(), await Rig.RepositoryAsync());
        await BothAsync("machines.hooks", HttpMethod.Get, $"machines/{none}/hooks", new { id = none }, HttpStatusCode.NotFound);
        await BothAsync("machines.folder", HttpMethod.Get, $"machines/{none}/folder?path=/",
            new { id = none, path = "/" }, HttpStatusCode.NotFound);
        await BothAsync("plans.create", HttpMethod.Post, "plans",
            new { name = "x", repositoryId = place.Id, machineId = none, sources = (string[])["/x"] },
            HttpStatusCode.NotFound);
        await BothAsync("repositories.test", HttpMethod.Post, "repositories/test",
            new { name = "x", machineId = none, values = new { path = Rig.In("other") } }, HttpStatusCode.NotFound);
        await BothAsync("repositories.add", HttpMethod.Post, "repositories",
            new { name = "x", machineId = none, create = true, values = new { path = Rig.In("other") } },
            HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_page_for_faults_is_there_for_faults_only()
    {
        (await Client.GetAsync("error")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetAsync("not-found")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task BothAsync(string name, HttpMethod method, string path, object values, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(method,
            $"api/v1/{path}")
        { Content = method == HttpMethod.Get ? null : JsonContent.Create(values) };
        using var rest = await Client.SendAsync(request);
        rest.StatusCode.ShouldBe(status, await rest.Content.ReadAsStringAsync());
        using var rpc = await Client.PostAsJsonAsync("rpc", new { jsonrpc = "2.0", id = 1, method = name, @params = values });
        ((int?)(await rpc.Content.ReadFromJsonAsync<JsonNode>())!["error"]?["code"]).ShouldBe(-32000 - (int)status, name);
    }
}
