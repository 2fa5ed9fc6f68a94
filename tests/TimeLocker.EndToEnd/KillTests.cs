using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core.Audit;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>SIGKILL at any moment: what was acknowledged is there, what was begun comes to an end, restic goes on.</summary>
public sealed class KillTests : IAsyncLifetime
{
    private const int Kills = 20;

    private readonly ServerProcess server = new();
    private readonly Random random = new(20);
    private readonly ConcurrentDictionary<string, bool> plans = [], runs = [];
    private Scratch files = null!;
    private ApiClient Api => server.Api;

    public Task InitializeAsync()
    {
        files = new Scratch(server.In("files"));
        return server.InitializeAsync();
    }

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Twenty_kills_under_load_lose_nothing_that_was_acknowledged()
    {
        var places = new[] { await PlaceAsync("one"), await PlaceAsync("two") };
        using var end = new CancellationTokenSource();
        var load = new[] { PlansAsync(places[0].Repository, end.Token), RunsAsync(places[0].Plan, end.Token),
            RunsAsync(places[1].Plan, end.Token) };
        for (var n = 0; n < Kills; n++)
        {
            // Every fifth kill comes while it starts, the others while it works.
            var (before, starting) = (plans.Count, n % 5 == 4);
            await Eventually.Async(() => Task.FromResult(starting || plans.Count > before), 90);
            await Task.Delay(random.Next(0, starting ? 1000 : 400));
            await server.KillAsync();
            server.Launch();
        }

        await server.KillAsync();
        await server.StartAsync();

        await Eventually.Async(() => Task.FromResult(plans.Count > Kills && runs.Count > 5), 60);
        await end.CancelAsync();
        await Task.WhenAll(load);

        await EndAllAsync();
        var ended = (await AllAsync()).ToDictionary(r => r.Text("id"));
        runs.Keys.Where(id => !ended.ContainsKey(id)).ShouldBeEmpty();
        ended.Values.Select(r => r.Text("outcome")).Distinct().ShouldBeSubsetOf(["succeeded", "interrupted"]);
        var kept = (await Api.GetAsync("plans")).Must(200).Items().Select(p => p.Text("id")).ToHashSet();
        plans.Keys.Where(id => !kept.Contains(id)).ShouldBeEmpty();
        await server.IsAloneAsync();
        foreach (var (name, repository) in places.Select((p, n) => (n == 0 ? "one" : "two", p.Repository)))
        {
            var there = (await server.ResticAsync(files.In(name), await PasswordAsync(repository), "snapshots",
                "--json")).Must(0).Json.Items().Select(s => s.Text("id")).ToHashSet();
            var said = ended.Values.Where(r => r.Text("repositoryId") == repository.Text("id")
                && r.Text("outcome") == "succeeded").Select(r => r.Text("snapshotId")).ToList();
            said.Where(id => !there.Contains(id)).ShouldBeEmpty();
            there.Count.ShouldBe(said.Count, "A snapshot belongs to a run that did not end as succeeded.");
            Directory.EnumerateFiles(files.In($"{name}/locks")).ShouldBeEmpty();
        }

        await server.KillAsync();
        await StateIsWholeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backup_outlives_the_server_and_ends_succeeded_under_its_own_id(bool overBeforeTheRestart)
    {
        files.WriteNoise("source/large.bin", 3 * 1024);
        var (repository, plan) = await PlaceAsync("one");
        // nobody else's restic is left
        await Eventually.Async(async () => (await Api.GetAsync($"repositories/{repository.Text("id")}")).Must(200)
            .Text("refreshedAt").Length > 0, 60);
        server.Slow = true;
        var run = await Api.RunAsync(plan);
        await Api.UntilAsync(run, "running");
        await Eventually.Async(() => Task.FromResult(Directory.EnumerateFiles(files.In("one/locks")).Any()), 60);

        using (server.Hold()) // it cannot be over yet, however long a look and a start take
        {
            var working = server.Offspring;
            working.ShouldNotBeEmpty();
            await server.KillAsync();
            server.Offspring.ShouldBe(working);
            if (!overBeforeTheRestart)
            {
                await server.StartAsync();
                await Eventually.Async(async () =>
                    (await Api.GetAsync($"runs/{run.Text("id")}/log")).Raw.Contains("follows the run again",
                        StringComparison.Ordinal), 60);
            }
        }

        if (overBeforeTheRestart)
        {
            await Eventually.Async(() => Task.FromResult(server.Offspring.Count == 0), 60);
            await server.StartAsync();
        }

        var ended = await Api.EndAsync(run);

        (ended.Text("snapshotId").Length, ended.Text("recovered"),
            ended.Number("result", "filesTotal")).ShouldBe((64, overBeforeTheRestart ? "true" : "false", 2));
        (await AllAsync()).ShouldHaveSingleItem();
        await server.IsAloneAsync();
        Directory.EnumerateFiles(files.In("one/locks")).ShouldBeEmpty();
    }

    // As long as one after the other ends: how many the kills have left to do depends on the machine.
    private async Task EndAllAsync()
    {
        for (int open = int.MaxValue, before; open > 0;)
        {
            before = open;
            await Eventually.Async(async () => (open = (await AllAsync()).Count(r => r.Text("state") != "ended")) < before, 60);
        }
    }

    private async Task StateIsWholeAsync()
    {
        await using var db = await DataSetup.Factory(Path.Combine(server.Data, "timelocker.db")).CreateDbContextAsync();
        (await db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check")
            .ToListAsync()).ShouldBe(["ok"]);
        (await db.Database.SqlQueryRaw<string>("SELECT \"table\" AS Value FROM pragma_foreign_key_check")
            .ToListAsync()).ShouldBeEmpty();
        var (frontier, previous) = (AuditFrontier.Empty, AuditChain.Genesis);
        foreach (var entry in await db.AuditEntries.OrderBy(e => e.Seq).ToListAsync())
        {
            var body = JsonNode.Parse(entry.Body)!;
            (entry.Seq, body.Number("seq"), body.Text("prev"),
                entry.Leaf).ShouldBe((frontier.Size + 1, frontier.Size + 1, previous, AuditChain.Leaf(entry.Body)));
            (frontier, previous) = (frontier.Append(entry.Leaf), entry.Leaf);
        }

        var edge = await db.AuditEdges.SingleAsync();
        (edge.Size, edge.LastLeaf).ShouldBe((frontier.Size, previous));
        edge.Nodes.ShouldBe(frontier.Nodes);
        var objects =
            (await db.Database.SqlQueryRaw<string>(
                "SELECT \"Kind\" || ' ' || \"Obj\" AS Value FROM \"AuditEntries\" WHERE \"Obj\" IS NOT NULL")
                .ToListAsync()).ToHashSet();
        plans.Keys.Select(id => $"plan.created plan:{id}").Concat(runs.Keys.Select(id => $"run.queued run:{id}"))
            .Where(e => !objects.Contains(e)).ShouldBeEmpty();
    }

    private async Task<(JsonNode Repository, JsonNode Plan)> PlaceAsync(string name)
    {
        files.Write("source/note.txt", name);
        var repository = await Api.AddRepositoryAsync(name, files.In(name));
        return (repository, await Api.AddPlanAsync(name, repository, files.In("source")));
    }

    private Task PlansAsync(JsonNode repository, CancellationToken end) => LoadAsync(plans, async () =>
        await Api.PostAsync("plans",
            new { name = $"{Guid.NewGuid():N}", repositoryId = repository.Text("id"), sources = new[] { "/x" } }),
            TimeSpan.FromMilliseconds(20), end);

    private Task RunsAsync(JsonNode plan, CancellationToken end) => LoadAsync(runs, async () =>
        await Api.PostAsync($"plans/{plan.Text("id")}/runs", new { mode = "incremental" }), TimeSpan.FromSeconds(1.5), end);

    /// <summary>Writes again and again; what the server acknowledged is noted, what a kill cut off is not.</summary>
    private static async Task LoadAsync(ConcurrentDictionary<string, bool> acknowledged, Func<Task<Answer>> write,
        TimeSpan pause, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                acknowledged[(await write()).Must(201).Text("id")] = true;
                await Task.Delay(pause, CancellationToken.None);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private async Task<IReadOnlyList<JsonNode>> AllAsync() => (await Api.GetAsync("runs?limit=500")).Must(200).Items();

    private async Task<string> PasswordAsync(JsonNode repository) =>
        (await Api.PostAsync($"repositories/{repository.Text("id")}/recovery-kit")).Must(200).Text("password");
}
