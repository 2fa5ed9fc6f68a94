using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Tests.Architecture;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Plugins;

/// <summary>
/// deploy/plugin-example on the whole way: put there, allowed by its hash, used by a backup with restic and by a
/// message, all over the API.
/// </summary>
public sealed class ExamplePluginTests
{
    [Fact]
    public void It_is_short() =>
        File.ReadAllLines(Path.Combine(Sources.Root, "deploy/plugin-example/PluginExample.cs")).Length.ShouldBeLessThan(100);

    [Fact]
    public async Task It_is_allowed_loaded_and_used()
    {
        await using var rig = await DeskRig.StartAsync();
        await using var receiver = new Receiver();
        rig.Options = rig.Options with { Plugins = new PluginRig(rig.In("plugins")).Example().Folder };
        await rig.RestartAsync();
        using (var client = await rig.ClientAsync(Role.Admin))
        {
            var listed = JsonNode.Parse(await client.GetStringAsync("api/v1/plugins"))!["items"]![0]!;
            (await client.PostAsJsonAsync("api/v1/plugins",
                new { name = "PluginExample", hash = listed["hash"]!.ToString() })).EnsureSuccessStatusCode();
        }

        await rig.RestartAsync();
        using var admin = await rig.ClientAsync(Role.Admin);
        Directory.CreateDirectory(rig.In("media", "ada", "BACKUP"));
        var values = new Dictionary<string, string> { ["disk"] = "BACKUP", ["folder"] = "office", ["under"] = rig.In("media") };
        var place = await SentAsync(admin, "repositories", new { name = "disk", backend = "named-disk", values, create = true });
        Directory.Exists(rig.In("media", "ada", "BACKUP", "office", "snapshots")).ShouldBeTrue(); // restic's own
        var plan = await SentAsync(admin, "plans",
            new
            {
                name = "plan",
                repositoryId = place["id"]!.ToString(),
                sources = (string[])[rig.Write("data/file")]
            });
        (await rig.BackupAsync(await rig.Get<TimeLocker.Server.Plans.PlanCatalog>()
            .GetAsync(Guid.Parse(plan["id"]!.ToString())))).Outcome.ShouldBe(RunOutcome.Succeeded);
        Directory.EnumerateFiles(rig.In("media", "ada", "BACKUP", "office", "snapshots")).ShouldHaveSingleItem();

        var to = new Dictionary<string, string>
        {
            ["server"] = receiver.Address,
            ["room"] = "!abc:example.org",
            ["token"] = "canary9token",
            ["ownNetwork"] = "true",
        };
        var channel = await SentAsync(admin, "channels", new { name = "room", kind = "matrix", values = to });
        (await admin.PostAsync(new Uri($"api/v1/channels/{channel["id"]}/test", UriKind.Relative),
            JsonContent.Create(new { }))).EnsureSuccessStatusCode();
        (receiver.Last.Method, receiver.Last.Headers["authorization"]).ShouldBe(("PUT", "Bearer canary9token"));
        receiver.Last.Path.ShouldStartWith("/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message/");
        JsonNode.Parse(receiver.Last.Body)!["msgtype"]!.ToString().ShouldBe("m.text");

        Directory.Move(rig.In("media", "ada"), rig.In("unplugged"));
        var refused = await admin.PostAsync(new Uri($"api/v1/repositories/{place["id"]}/test", UriKind.Relative),
            JsonContent.Create(new { }));
        (await refused.Content.ReadAsStringAsync()).ShouldContain("is not there");
    }

    private static async Task<JsonNode> SentAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync($"api/v1/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
