using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core.Processes;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>
/// The commands with --json, and what their exit codes say: 0 done, 1 failed, 2 wrong input, 3 incomplete, 4 no server,
/// 5 not allowed.
/// </summary>
[Collection(OneServer.Name)]
public sealed class CommandTests(ServerProcess server)
{
    private readonly Scratch files = new(server.In($"commands-{Guid.NewGuid():N}"));

    [Fact]
    public async Task The_whole_way_is_there_on_the_command_line()
    {
        var documents = files.Documents("documents");
        var repository = (await TellAsync(0, "repositories", "add", "Cupboard", "--set",
            $"path={files.In("repository")}", "--create")).Json;
        (await TellAsync(0, "repositories")).Json.Items().Select(r => r.Text("id")).ShouldContain(repository.Text("id"));
        var plan = (await TellAsync(0, "plans", "create", "Papers", "--repository", "cupboard", "--source", documents,
            "--tag", "paper")).Json;

        var run = Last(await TellAsync(0, "backup", "papers"));

        (run.Text("planId"), run.Text("outcome")).ShouldBe((plan.Text("id"), "succeeded"));
        (await TellAsync(0, "runs", "show", run.Text("id"))).Json.Text("snapshotId").ShouldBe(run.Text("snapshotId"));
        (await TellAsync(0, "runs", "--plan", "Papers")).Json.Items().ShouldHaveSingleItem();
        Last(await TellAsync(0, "runs", "watch", run.Text("id"))).Text("state").ShouldBe("ended");
        (await TellAsync(0, "snapshots", "Cupboard", "--tag", "paper")).Json.Items().ShouldHaveSingleItem().Text("id")
            .ShouldBe(run.Text("snapshotId"));
        (await TellAsync(0, "ls", "Cupboard", run.Text("snapshotId")[..8], documents)).Json.Items().Count.ShouldBe(4);
        Last(await TellAsync(0, "restore", "Cupboard", "--snapshot", run.Text("snapshotId"), "--path", documents,
            "--target", files.In("back"))).Text("result", "folder").ShouldBe(files.In("back"));
        Scratch.Fingerprint(files.In("back/documents")).ShouldBe(Scratch.Fingerprint(documents));
        (await TellAsync(0, "call", "plans.get",
            new JsonObject { ["id"] = plan.Text("id") }.ToJsonString())).Json.Text("name").ShouldBe("Papers");
    }

    [Fact]
    public async Task A_place_of_any_kind_is_added_and_tested_and_no_secret_stands_in_the_arguments()
    {
        await TellAsync(0, "repositories", "add", "Tested", "--set", $"path={files.In("tested")}", "--create",
            "--region", "cellar");
        (await TellAsync(0, "repositories", "test", "tested")).Json.Text("state").ShouldBe("ready");
        (await TellAsync(0, "repositories", "backends")).Json.Items().Select(b => b.Text("kind")).ShouldContain("sftp");
        (await TellAsync(0, "repositories", "key-pair")).Json.Text("publicKey").ShouldStartWith("ecdsa-sha2-nistp256 ");

        var refused = await TellAsync(2, "repositories", "add", "Cloud", "--backend", "rest", "--set", "password=x", "--create");
        JsonNode.Parse(refused.Errors)!.Text("next").ShouldContain("--secret password");
        var silent = (await server.CommandAsync("secret-of-the-server\n", "repositories", "add", "Cloud", "--backend",
            "rest", "--set", "url=http://127.0.0.1:9/", "--set", "user=u", "--secret", "password", "--create", "--json",
            "--data", server.Data)).Must(1);
        JsonNode.Parse(silent.Errors)!.Text("what").ShouldBe("The server does not answer.");
    }

    [Fact]
    public async Task An_incomplete_backup_exits_with_3_and_a_failed_one_with_1()
    {
        await TellAsync(0, "repositories", "add", "Exits", "--set", $"path={files.In("repository")}", "--create");
        await TellAsync(0, "plans", "create", "Half", "--repository", "Exits", "--source", files.Documents("documents"),
            "--source", files.In("gone"));
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
        (problem.Text("kind"), problem.Text("what").Contains("no such plan", StringComparison.Ordinal),
            problem.Text("next").Length > 0).ShouldBe(("notFound", true, true));
        await TellAsync(2, "call", "plans.get", "{ broken");
        await TellAsync(2, "call", "no.such-operation");
        await TellAsync(2, "runs", "show", Guid.NewGuid().ToString());
        await TellAsync(2, "runs", "watch", Guid.NewGuid().ToString());
        await TellAsync(2, "plans", "--server", "localhost");
        JsonNode.Parse((await TellAsync(2, "runs", "--limit", "many")).Errors)!.Text("why")
            .ShouldBe("Cannot parse argument 'many' for option '--limit'.");
        (await server.CommandAsync("", "backup")).Must(2);
        (await server.CommandAsync("", "token", "create", "--name", "x", "--role", "Root")).Must(2);
        (await server.CommandAsync("", "serve", "--port", "70000")).Must(2);
        foreach (var line in (string[][])[["runs", "--since", "yesterday"], ["retention", "preview"], ["no-such-command"]])
        {
            JsonNode.Parse((await TellAsync(2, line)).Errors)!.Text("next").ShouldContain("--help");
        }
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_never_what_was()
    {
        var documents = files.Documents("documents");
        await TellAsync(0, "repositories", "add", "Trial", "--set", $"path={files.In("repository")}", "--create");
        await TellAsync(0, "plans", "create", "Trial", "--repository", "Trial", "--source", documents);
        foreach (var line in (string[][])[["--dry-run"], ["--mode", "DryRun"], ["--mode", "dry-run"]])
        {
            var dry = await SayAsync(0, ["backup", "Trial", .. line]);
            dry.ShouldContain("Trial: dry run\n");
            dry.ShouldContain("would be added");
            dry.ShouldContain("nothing was written");
            dry.ShouldNotContain("succeeded");
        }

        (await SayAsync(0, "backup", "Trial")).ShouldContain("Trial: succeeded\n");
        var back = await SayAsync(0, "restore", "Trial", "--at", "2999-01-01", "--dry-run");
        back.ShouldContain("would be restored");
        back.ShouldNotContain("succeeded");
        back.ShouldNotContain(" in /");
        (await SayAsync(0, "repositories", "prune", "Trial", "--dry-run")).ShouldContain("nothing was written");
        var listed = (await SayAsync(0, "runs", "--plan", "Trial")).Split('\n').Skip(1).Select(l => l.TrimEnd())
            .Where(l => l.Length > 0).ToList();
        listed.Count(l => l.EndsWith("dry run", StringComparison.Ordinal)).ShouldBe(4,
            "the restore is of the plan's snapshot, too");
        listed.Count(l => l.EndsWith("succeeded", StringComparison.Ordinal)).ShouldBe(1);
        (await TellAsync(0, "runs", "--plan", "Trial")).Json.Items().Select(r => r.Text("dryRun"))
            .ShouldBe(["true", "false", "true", "true", "true"]);
    }

    [Fact]
    public async Task A_plan_and_a_repository_are_changed_and_taken_away_on_the_command_line()
    {
        var documents = files.Documents("documents");
        var repository = (await TellAsync(0, "repositories", "add", "Shelf", "--set", $"path={files.In("repository")}",
            "--create")).Json;
        var made = (await TellAsync(0, "plans", "create", "Drafts", "--repository", "Shelf", "--source", documents,
            "--exclude", "*.old", "--tag", "one")).Json;

        await TellAsync(0, "plans", "edit", "Drafts", "--exclude", "*.tmp", "--exclude", "*.bak", "--only-at",
            "MON-FRI 20:00-06:00", "--upload", "500", "--limit-hours", "08:00-18:00 100 0",
            "--retries", "5", "--skip-on-battery", "yes", "--compression", "max", "--schedule", "30 20 * * *", "--zone",
            "Europe/Berlin", "--target-hours", "26");
        await TellAsync(0, "triggers", "add", "Drafts", "call", "--rest", "5");
        await TellAsync(0, "plans", "hooks", "add", "Drafts", "stop-shop", "--when", "before", "--limit", "60");
        await TellAsync(0, "plans", "rename", "Drafts", "Letters");

        var plan = (await TellAsync(0, "plans", "show", "Letters")).Json;
        (plan.Text("id"), plan.Text("tags"), plan.Text("compression")).ShouldBe((made.Text("id"), made.Text("tags"), "max"));
        (plan.Text("retries", "times"), plan.Text("conditions", "skipOnBattery"),
            plan.Text("targetHours")).ShouldBe(("5", "true", "26"));
        plan["excludes"]!.AsArray().Select(e => e!.ToString()).ShouldBe(["*.tmp", "*.bak"]);
        (plan.Text("resources", "upload"), plan["resources"]!["windows"]![0]!.Text("upload"),
            plan["windows"]!["allowed"]![0]!.Text("from")).ShouldBe(("500", "100", "20:00:00"));
        (plan["triggers"]![0]!.Text("pauseMinutes"), plan["hooks"]![0]!.Text("limitSeconds")).ShouldBe(("5", "60"));
        (await SayAsync(0, "plans")).Split('\n').ShouldContain(l => l.Contains("Letters") && l.Contains("Shelf"));

        await TellAsync(0, "triggers", "remove", "Letters", "1");
        await TellAsync(0, "plans", "hooks", "remove", "Letters", "1");
        await TellAsync(0, "plans", "edit", "Letters", "--clear", "tags", "--clear", "hours", "--limit-hours", "");
        var emptied = (await TellAsync(0, "plans", "show", "Letters")).Json;
        foreach (var list in (JsonNode?[])[emptied["triggers"], emptied["hooks"], emptied["tags"],
            emptied["windows"]!["allowed"], emptied["resources"]!["windows"]])
        {
            list!.AsArray().ShouldBeEmpty();
        }

        await TellAsync(0, "plans", "archive", "Letters");
        (await TellAsync(0, "plans")).Json.Items().Select(p => p.Text("name")).ShouldNotContain("Letters");

        await TellAsync(0, "repositories", "rename", "Shelf", "Cellar");
        (await TellAsync(0, "repositories", "edit", "Cellar", "--region", "below", "--download",
            "7")).Json.Text("region").ShouldBe("below");
        await TellAsync(0, "repositories", "remove", "Cellar");
        (await TellAsync(0, "repositories")).Json.Items().Select(r => r.Text("id")).ShouldNotContain(repository.Text("id"));
        Directory.Exists(files.In("repository/data")).ShouldBeTrue();
    }

    [Fact]
    public async Task Files_logs_and_kits_come_as_files_and_none_is_replaced_or_left_in_half()
    {
        var documents = files.Documents("documents");
        await TellAsync(0, "repositories", "add", "Fetch", "--set", $"path={files.In("repository")}", "--create");
        await TellAsync(0, "plans", "create", "Fetch", "--repository", "Fetch", "--source", documents);
        var run = Last(await TellAsync(0, "backup", "Fetch"));
        var snapshot = run.Text("snapshotId")[..10];

        await TellAsync(0, "download", "Fetch", snapshot, $"{documents}/letters/to anna.txt", "--output", files.In("letter"));
        File.ReadAllText(files.In("letter")).ShouldBe(File.ReadAllText($"{documents}/letters/to anna.txt"));
        await TellAsync(1, "download", "Fetch", snapshot, $"{documents}/letters/to anna.txt", "--output", files.In("letter"));
        await TellAsync(2, "download", "Fetch", snapshot, "/no/such", "--output", files.In("none"));
        await TellAsync(2, "download", "Fetch", snapshot, "/no/such", "--output", "");
        File.Exists(files.In("none")).ShouldBeFalse();
        (await SayAsync(0, "runs", "log", run.Text("id"))).ShouldContain("restic");
        await TellAsync(0, "repositories", "kit", "Fetch", "--pdf", files.In("kit.pdf"));
        File.ReadAllBytes(files.In("kit.pdf")).AsSpan(0, 4).SequenceEqual("%PDF"u8).ShouldBeTrue();
    }

    [Fact]
    public async Task A_shell_completes_commands_words_and_names_with_blanks()
    {
        await TellAsync(0, "repositories", "add", "Tab key", "--set", $"path={files.In("repository")}", "--create");
        var script = (await server.CommandAsync("", "completion", "bash")).Must(0).Output;
        var program = Path.Combine(ServerProcess.RepositoryRoot, "src", "TimeLocker", "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "timelocker");
        File.WriteAllText(files.In("try"), script + """

            complete_it() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _timelocker; printf '%s\n' "${COMPREPLY[@]}"; }

            """ + $"""
            complete_it '{program}' rep
            complete_it '{program}' repositories check Tab
            complete_it '{program}' repositories check 'Tab\ key' --depth s
            complete_it '{program}' restore x --over
            """);

        var variables = new Dictionary<string, string>
        {
            ["TIMELOCKER_DATA"] = server.Data,
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
        };
        var command = new ChildCommand("bash", [files.In("try")]) { Environment = variables, WorkingDirectory = server.Root };
        var bash = await ChildProcess.RunAsync(command, TimeSpan.FromSeconds(60), 1 << 20, default);
        System.Text.Encoding.UTF8.GetString(bash.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(["repositories", "Tab\\ key", "structure", "--overwrite"]);
        foreach (var shell in (string[])["zsh", "fish"])
        {
            (await server.CommandAsync("", "completion", shell)).Must(0).Output.ShouldContain("[suggest:");
        }

        (await server.CommandAsync("", "completion", "tcsh")).Must(2);
    }

    [Fact]
    public async Task A_server_that_was_named_without_a_token_is_said_to_ask_for_one_and_gets_no_other_servers()
    {
        var refused = JsonNode.Parse((await TellAsync(5, "plans", "--server", "http://127.0.0.1:9")).Errors)!;
        (refused.Text("what").Contains("asks for a token", StringComparison.Ordinal),
            refused.Text("next").Contains("--token-file", StringComparison.Ordinal)).ShouldBe((true, true));
        await TellAsync(0, "plans", "--server", $"http://127.0.0.1:{server.Port}");
        JsonNode.Parse((await server.CommandAsync("", "user", "--json", "--server", "http://127.0.0.1:9", "--data",
            server.Data)).Must(2).Errors)!.Text("next").ShouldContain("users.list");
    }

    [Fact]
    public async Task What_is_not_json_is_said_in_words()
    {
        foreach (var given in (string[])["notjson", "{ broken", "[1]"])
        {
            var said = (await TellAsync(2, "call", "plans.list", given)).Errors;
            said.ShouldNotContain("LineNumber");
            said.ShouldNotContain("BytePosition");
        }
    }

    [Fact]
    public async Task A_channel_that_takes_no_test_is_not_said_to_be_tried_again()
    {
        string[] words = ["channels", "add", "Silent", "--kind", "ntfy", "--set", "server=http://127.0.0.1:9", "--set",
            "ownNetwork=true", "--secret", "topic", "--json", "--data", server.Data];
        var said = JsonNode.Parse((await server.CommandAsync("topic\n", words)).Must(1).Errors)!;

        said.Text("what").ShouldStartWith("The channel was not added.");
        said.Text("next").ShouldNotContain("tried again");
        (await TellAsync(0, "channels")).Json.Items().Select(c => c.Text("name")).ShouldNotContain("Silent");
    }

    [Fact]
    public async Task No_server_exits_with_4_and_a_bad_token_with_5()
    {
        var empty = Directory.CreateDirectory(files.In("no server")).FullName;
        (await server.CommandAsync("", "plans", "--json", "--data", empty)).Must(4);
        (await server.CommandAsync("", "plans", "--json", "--data", empty, "--server", "http://localhost:9",
            "--token-file", files.Write("any", "tl_x"))).Must(4);
        (await server.CommandAsync("", "plans", "--json", "--data", empty, "--server", server.Address.ToString(),
            "--token-file", files.Write("bad", "tl_x"))).Must(5);
        var viewer = files.Write("viewer", await server.TokenAsync("Viewer"));
        await TellAsync(0, "plans", "--token-file", viewer);
        await TellAsync(5, "repositories", "add", "Mine", "--set", $"path={files.In("mine")}", "--create", "--token-file", viewer);
    }

    [Fact]
    public async Task Accounts_tokens_version_and_health_need_no_server()
    {
        (await server.CommandAsync("", "version", "--json")).Must(0).Text("version").ShouldNotBeEmpty();
        (await TellAsync(0, "user", "list")).Json.Items().Select(u => u.Text("name")).ShouldContain(ServerProcess.Admin);
        (await server.CommandAsync("another good password\n", "user", "create", "vera", "--role", "Viewer",
            "--password-stdin", "--data", server.Data)).Must(0);
        (await server.CommandAsync("short\n", "user", "reset-password", "vera", "--password-stdin", "--data", server.Data)).Must(2);
        var token = (await TellAsync(0, "token", "create", "--name", "soon gone", "--role", "Auditor", "--days", "3")).Json;
        (await server.Client(token.Text("token")).GetAsync("status")).Must(200);
        await TellAsync(0, "user", "role", "vera", "operator");
        await TellAsync(0, "user", "disable", "vera");
        (await TellAsync(0, "user")).Json.Items().Single(u => u.Text("name") == "vera").ToJsonString()
            .ShouldContain("\"role\":\"operator\",\"disabled\":true");
        await TellAsync(0, "user", "enable", "vera");
        (await TellAsync(0, "token", "list")).Json.Items().Select(t => t.Text("name")).ShouldContain("soon gone");
        await TellAsync(0, "token", "revoke", token.Text("id"));
        (await server.Client(token.Text("token")).GetAsync("status")).MustRefuse(401);
        (await server.CommandAsync("", "doctor", "--json", "--data", server.Data)).Must(0).Json.Items()
            .ShouldAllBe(f => f.Text("ok") == "true");
    }

    private async Task<string> SayAsync(int exit, params string[] words) =>
        (await server.CommandAsync("", [.. words, "--data", server.Data])).Must(exit).Output;

    private async Task<Said> TellAsync(int exit, params string[] words) =>
        (await server.CommandAsync("", [.. words, "--json", "--data", server.Data])).Must(exit);

    private static JsonNode Last(Said said) => JsonNode.Parse(said.Output.TrimEnd().Split('\n')[^1])!;
}
