using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>The commands with --json, and what their exit codes say: 0 done, 1 failed, 2 wrong input, 3 incomplete, 4 no server, 5 not allowed.</summary>
[Collection(OneServer.Name)]
public sealed class CommandTests(ServerProcess server)
{
    private readonly Scratch files = new(server.In($"commands-{Guid.NewGuid():N}"));

    [Fact]
    public async Task The_whole_way_is_there_on_the_command_line()
    {
        var documents = files.Documents("documents");
        var repository = (await TellAsync(0, "repositories", "add", "Cupboard", "--set", $"path={files.In("repository")}", "--create")).Json;
        (await TellAsync(0, "repositories")).Json.Items().Select(r => r.Text("id")).ShouldContain(repository.Text("id"));
        var plan = (await TellAsync(0, "plans", "create", "Papers", "--repository", "cupboard", "--source", documents, "--tag", "paper")).Json;

        var run = Last(await TellAsync(0, "backup", "papers"));

        (run.Text("planId"), run.Text("outcome")).ShouldBe((plan.Text("id"), "succeeded"));
        (await TellAsync(0, "runs", "show", run.Text("id"))).Json.Text("snapshotId").ShouldBe(run.Text("snapshotId"));
        (await TellAsync(0, "runs", "--plan", "Papers")).Json.Items().ShouldHaveSingleItem();
        Last(await TellAsync(0, "runs", "watch", run.Text("id"))).Text("state").ShouldBe("ended");
        (await TellAsync(0, "snapshots", "Cupboard", "--tag", "paper")).Json.Items().ShouldHaveSingleItem().Text("id").ShouldBe(run.Text("snapshotId"));
        (await TellAsync(0, "ls", "Cupboard", run.Text("snapshotId")[..8], documents)).Json.Items().Count.ShouldBe(4);
        Last(await TellAsync(0, "restore", "Cupboard", "--snapshot", run.Text("snapshotId"), "--path", documents, "--target", files.In("back"))).Text("result", "folder").ShouldBe(files.In("back"));
        Scratch.Fingerprint(files.In("back/documents")).ShouldBe(Scratch.Fingerprint(documents));
        (await TellAsync(0, "call", "plans.get", new JsonObject { ["id"] = plan.Text("id") }.ToJsonString())).Json.Text("name").ShouldBe("Papers");
    }

    [Fact]
    public async Task A_place_of_any_kind_is_added_and_tested_and_no_secret_stands_in_the_arguments()
    {
        await TellAsync(0, "repositories", "add", "Tested", "--set", $"path={files.In("tested")}", "--create", "--region", "cellar");
        (await TellAsync(0, "repositories", "test", "tested")).Json.Text("state").ShouldBe("ready");
        (await TellAsync(0, "repositories", "backends")).Json.Items().Select(b => b.Text("kind")).ShouldContain("sftp");
        (await TellAsync(0, "repositories", "key-pair")).Json.Text("publicKey").ShouldStartWith("ecdsa-sha2-nistp256 ");

        var refused = await TellAsync(2, "repositories", "add", "Cloud", "--backend", "rest", "--set", "password=x", "--create");
        JsonNode.Parse(refused.Errors)!.Text("next").ShouldContain("--secret password");
        var silent = (await server.CommandAsync("secret-of-the-server\n", "repositories", "add", "Cloud", "--backend", "rest", "--set", "url=http://127.0.0.1:9/", "--set", "user=u", "--secret", "password", "--create", "--json", "--data", server.Data)).Must(1);
        JsonNode.Parse(silent.Errors)!.Text("what").ShouldBe("The server does not answer.");
    }

    [Fact]
    public async Task An_incomplete_backup_exits_with_3_and_a_failed_one_with_1()
    {
        await TellAsync(0, "repositories", "add", "Exits", "--set", $"path={files.In("repository")}", "--create");
        await TellAsync(0, "plans", "create", "Half", "--repository", "Exits", "--source", files.Documents("documents"), "--source", files.In("gone"));
        await TellAsync(0, "plans", "create", "Nothing", "--repository", "Exits", "--source", files.In("gone"));

        Last(await TellAsync(3, "backup", "Half")).Text("outcome").ShouldBe("incomplete");
        Last(await TellAsync(1, "backup", "Nothing")).Text("outcome").ShouldBe("failed");
    }

    [Fact]
    public async Task Wrong_input_exits_with_2_and_says_why_on_stderr()
    {
        var said = await TellAsync(2, "backup", "no such plan");

        said.Output.ShouldBeEmpty();
        var problem = JsonNode.Parse(said.Errors)!;
        (problem.Text("kind"), problem.Text("what").Contains("no such plan", StringComparison.Ordinal), problem.Text("next").Length > 0).ShouldBe(("notFound", true, true));
        await TellAsync(2, "call", "plans.get", "{ broken");
        await TellAsync(2, "call", "no.such-operation");
        await TellAsync(2, "runs", "show", Guid.NewGuid().ToString());
        await TellAsync(2, "runs", "watch", Guid.NewGuid().ToString());
        await TellAsync(2, "plans", "--server", "localhost");
        JsonNode.Parse((await TellAsync(2, "runs", "--limit", "many")).Errors)!.Text("why").ShouldBe("Cannot parse argument 'many' for option '--limit'.");
        (await server.CommandAsync("", "backup")).Must(2);
        (await server.CommandAsync("", "token", "create", "--name", "x", "--role", "Root")).Must(2);
        (await server.CommandAsync("", "serve", "--port", "70000")).Must(2);
        foreach (var line in (string[][])[["runs", "--since", "yesterday"], ["retention", "preview"], ["timers"], ["no-such-command"]])
        {
            JsonNode.Parse((await TellAsync(2, line)).Errors)!.Text("next").ShouldContain("--help");
        }
    }

    [Fact]
    public async Task No_server_exits_with_4_and_a_bad_token_with_5()
    {
        var empty = Directory.CreateDirectory(files.In("no server")).FullName;
        (await server.CommandAsync("", "plans", "--json", "--data", empty)).Must(4);
        (await server.CommandAsync("", "plans", "--json", "--data", empty, "--server", "http://localhost:9", "--token-file", files.Write("any", "tl_x"))).Must(4);
        (await server.CommandAsync("", "plans", "--json", "--data", empty, "--server", server.Address.ToString(), "--token-file", files.Write("bad", "tl_x"))).Must(5);
        var viewer = files.Write("viewer", await server.TokenAsync("Viewer"));
        await TellAsync(0, "plans", "--token-file", viewer);
        await TellAsync(5, "repositories", "add", "Mine", "--set", $"path={files.In("mine")}", "--create", "--token-file", viewer);
    }

    [Fact]
    public async Task Accounts_tokens_version_and_health_need_no_server()
    {
        (await server.CommandAsync("", "version", "--json")).Must(0).Text("version").ShouldNotBeEmpty();
        (await TellAsync(0, "user", "list")).Json.Items().Select(u => u.Text("name")).ShouldContain(ServerProcess.Admin);
        (await server.CommandAsync("another good password\n", "user", "create", "vera", "--role", "Viewer", "--password-stdin", "--data", server.Data)).Must(0);
        (await server.CommandAsync("short\n", "user", "reset-password", "vera", "--password-stdin", "--data", server.Data)).Must(2);
        var token = (await TellAsync(0, "token", "create", "--name", "soon gone", "--role", "Auditor", "--days", "3")).Json;
        (await server.Client(token.Text("token")).GetAsync("status")).Must(200);
        await TellAsync(0, "token", "revoke", token.Text("id"));
        (await server.Client(token.Text("token")).GetAsync("status")).MustRefuse(401);
        (await server.CommandAsync("", "doctor", "--json", "--data", server.Data)).Must(0).Json.Items().ShouldAllBe(f => f.Text("ok") == "true");
    }

    private async Task<Said> TellAsync(int exit, params string[] words) => (await server.CommandAsync("", [.. words, "--json", "--data", server.Data])).Must(exit);

    private static JsonNode Last(Said said) => JsonNode.Parse(said.Output.TrimEnd().Split('\n')[^1])!;
}
