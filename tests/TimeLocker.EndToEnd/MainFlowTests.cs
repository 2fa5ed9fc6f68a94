using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>What TimeLocker is for, over its API and with real restic.</summary>
[Collection(OneServer.Name)]
public sealed class MainFlowTests(ServerProcess server) : IAsyncLifetime
{
    private readonly Scratch files = new(server.In($"main-{Guid.NewGuid():N}"));
    private ApiClient Api => server.Api;
    private JsonNode repository = null!;

    public async Task InitializeAsync() => repository =
        (await Api.PostAsync("repositories",
            new
            {
                name = Path.GetFileName(files.Root),
                backend = "local",
                values = new { path = files.In("repository") },
                create = true
            })).Must(201);

    public Task DisposeAsync()
    {
        server.Waits = false;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_folder_is_backed_up_watched_browsed_and_comes_back_byte_for_byte()
    {
        var documents = files.Documents("documents");
        var plan = await Plan(documents);

        server.Waits = true; // until a listener has seen it at work
        var states = await Api.WatchAsync((await Api.RunAsync(plan)).Text("id"),
            seen => server.Waits = seen.Text("state") is "queued" or "starting");

        var run = states[^1];
        run.Text("outcome").ShouldBe("succeeded", run["problem"]?.ToJsonString());
        (run.Text("kind"), run.Text("cause"), run.Text("planId")).ShouldBe(("backup", "api", plan.Text("id")));
        (run.Number("result", "filesTotal"), run.Number("result", "filesNew")).ShouldBe((5, 5));
        states.Select(s => s.Text("state")).ShouldContain("running");
        states.Select(s => (double?)s["progress"]!["fraction"] ?? 0).ShouldBeInOrder();

        var snapshot = (await Api.GetAsync($"repositories/{repository.Text("id")}/snapshots")).Must(200).Items()
            .ShouldHaveSingleItem();
        snapshot.Text("id").ShouldBe(run.Text("snapshotId"));
        var photos = (await Api.GetAsync($"{Snapshot(run)}/files?path={Uri.EscapeDataString(documents + "/photos")}")).Must(200);
        photos.Items().Select(i => (i.Text("name"), i.Number("size"))).ShouldBe([("one.jpg", 300 * 1024), ("two.jpg", 40 * 1024)]);

        var target = files.In("restored");
        var restore =
            await Api.EndAsync(await Api.RestoreAsync(new
            {
                repositoryId = repository.Text("id"),
                snapshot = run.Text("snapshotId")[..12],
                paths = new[] { documents },
                target,
                verify = true
            }));

        (restore.Text("result", "folder"), restore.Text("result", "verified")).ShouldBe((target, "true"));
        Scratch.Fingerprint(Path.Combine(target, "documents")).ShouldBe(Scratch.Fingerprint(documents));
        (await server.ResticAsync(files.In("repository"), await PasswordAsync(), "check")).Must(0);
    }

    [Fact]
    public async Task A_second_backup_reads_only_what_changed_and_a_full_one_everything()
    {
        var documents = files.Documents("documents");
        var plan = await Plan(documents);
        await Api.EndAsync(await Api.RunAsync(plan));
        files.Write("documents/letters/new.txt", "new");

        var second = await Api.EndAsync(await Api.RunAsync(plan));
        var full = await Api.EndAsync(await Api.RunAsync(plan, "full"));

        (second.Number("result", "filesNew"), second.Number("result", "filesChanged"),
            second.Number("result", "filesUnmodified")).ShouldBe((1, 0, 5));
        second.Number("result", "bytesAdded").ShouldBeLessThan(40 * 1024);
        full.Number("result", "filesUnmodified").ShouldBe(0);
        (await Api.GetAsync($"repositories/{repository.Text("id")}")).Must(200).Number("snapshotCount").ShouldBe(3);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_add_and_adds_nothing()
    {
        var plan = await Plan(files.Documents("documents"));

        var run = await Api.EndAsync(await Api.RunAsync(plan, "dryRun"));

        (run.Text("snapshotId"), run.Text("result", "dryRun"), run.Number("result", "filesNew")).ShouldBe(("", "true", 5));
        (await Api.GetAsync($"repositories/{repository.Text("id")}/snapshots")).Must(200).Items().ShouldBeEmpty();
        Directory.EnumerateFiles(files.In("repository/snapshots")).ShouldBeEmpty();
        (await Api.GetAsync($"plans/{plan.Text("id")}")).Must(200).Text("lastSuccessAt").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_partial_backup_takes_the_chosen_sources_and_no_strange_ones()
    {
        var (one, two) = (files.Documents("one"), files.Documents("two"));
        var plan = await Plan(one, two);

        var run = await Api.EndAsync(await Api.RunAsync(plan, "partial", two));

        var snapshot = (await Api.GetAsync(Snapshot(run))).Must(200);
        snapshot["paths"]!.Items().Select(p => p.ToString()).ShouldBe([two]);
        (await Api.PostAsync($"plans/{plan.Text("id")}/runs", new { mode = "partial", paths = new[] { "/etc" } })).MustRefuse(400);
        (await Api.PostAsync($"plans/{plan.Text("id")}/runs", new { mode = "partial" })).MustRefuse(400);
    }

    [Fact]
    public async Task A_missing_source_makes_a_run_incomplete_and_is_listed()
    {
        var documents = files.Documents("documents");
        var plan = await Plan(documents, files.In("gone"));

        var run = await Api.EndAsync(await Api.RunAsync(plan), "incomplete");

        (run.Number("issueCount"), run.Text("problem", "next").Length > 0, run.Text("snapshotId").Length).ShouldBe((1, true, 64));
        (await Api.GetAsync($"runs/{run.Text("id")}/issues")).Must(200).Items().ShouldHaveSingleItem().Text("path")
            .ShouldBe(files.In("gone"));
        (await Api.GetAsync($"runs/{run.Text("id")}/log")).Raw.ShouldContain("Incomplete");
    }

    [Fact]
    public async Task A_restore_gives_the_state_of_a_moment()
    {
        var note = files.Write("documents/note.txt", "first");
        var plan = await Plan(files.In("documents"));
        var first = await Api.EndAsync(await Api.RunAsync(plan));
        files.Write("documents/note.txt", "second, longer");
        await Api.EndAsync(await Api.RunAsync(plan));

        var at = first.Text("endedAt");
        await Api.EndAsync(await Api.RestoreAsync(new
        {
            repositoryId = repository.Text("id"),
            at,
            planId = plan.Text("id"),
            paths = new[] { note },
            target = files.In("then")
        }));

        File.ReadAllText(files.In("then/note.txt")).ShouldBe("first");
        (await Api.GetAsync($"repositories/{repository.Text("id")}/snapshot-at?at={Uri.EscapeDataString(at)}")).Must(
            200).Text("id").ShouldBe(first.Text("snapshotId"));
        (await Api.PostAsync("restores",
            new
            {
                repositoryId = repository.Text("id"),
                at = "2001-01-01T00:00:00Z",
                target = files.In("never")
            })).MustRefuse(404);
    }

    [Fact]
    public async Task Nothing_in_the_state_directory_can_be_read_by_others()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        await Api.EndAsync(await Api.RunAsync(await Plan(files.Documents("documents"))));

        Directory.EnumerateFileSystemEntries(server.Data, "*", SearchOption.AllDirectories).Append(server.Data)
            .Select(e => (Path: e, Mode: ModeOf(e))).Where(e => (e.Mode & ~owner) != 0)
            .Select(e => $"{Path.GetRelativePath(server.Data, e.Path)} {e.Mode}").ShouldBeEmpty();
    }

    // Nothing of what the server has just removed.
    private static UnixFileMode ModeOf(string path)
    {
        try
        {
            return File.GetUnixFileMode(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return UnixFileMode.None;
        }
    }

    private Task<JsonNode> Plan(params string[] sources) => Api.AddPlanAsync(Path.GetFileName(files.Root), repository, sources);

    private string Snapshot(JsonNode run) => $"repositories/{repository.Text("id")}/snapshots/{run.Text("snapshotId")}";

    private async Task<string> PasswordAsync() =>
        (await Api.PostAsync($"repositories/{repository.Text("id")}/recovery-kit")).Must(200).Text("password");
}
