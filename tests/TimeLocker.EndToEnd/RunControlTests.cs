using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace TimeLocker.EndToEnd;

/// <summary>Stopping runs, and runs beside each other. restic is held back so that they last.</summary>
[Collection(OneServer.Name)]
public sealed class RunControlTests(ServerProcess server) : IAsyncLifetime
{
    private readonly Scratch files = new(server.In($"control-{Guid.NewGuid():N}"));
    private ApiClient Api => server.Api;

    public Task InitializeAsync()
    {
        files.WriteNoise("large/one.bin", 40 * 1024);
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        server.Slow = false;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_cancelled_backup_ends_within_seconds_and_leaves_no_lock()
    {
        // A program that has nothing to say yet: restic holds its lock and has nothing to write. A pack it would finish
        // first, and be killed.
        server.WriteHook("wait", $"while [ ! -e {files.In("go")} ]; do sleep 0.1; done; echo done");
        var repository = await Api.AddRepositoryAsync("cancel", files.In("cancel"));
        var plan = (await Api.PostAsync("plans",
            new
            {
                name = "cancel",
                repositoryId = repository.Text("id"),
                command = new { file = "wait", path = "/said.txt" }
            })).Must(201);
        var run = await Api.RunAsync(plan);
        await Api.UntilAsync(run, "running");
        await Eventually.Async(() => Task.FromResult(Locks("cancel") > 0), 30);

        var asked = System.Diagnostics.Stopwatch.GetTimestamp();
        (await Api.PostAsync($"runs/{run.Text("id")}/cancel")).Must(200);
        var ended = await Api.EndAsync(run, "cancelled");

        System.Diagnostics.Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        ended.Text("cancelledBy").ShouldStartWith("t_");
        var password = (await Api.PostAsync($"repositories/{repository.Text("id")}/recovery-kit")).Must(200).Text("password");
        (await server.ResticAsync(files.In("cancel"), password, "list", "locks", "--no-lock")).Must(0).Output.Trim()
            .ShouldBeEmpty();
        (await Api.PostAsync($"runs/{run.Text("id")}/cancel")).MustRefuse(409);
        files.Write("go", "");
        await Api.EndAsync(await Api.RunAsync(plan));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_at_once_never_goes_on()
    {
        var (_, plan) = await PlanAsync("at-once");
        server.Slow = true;
        for (var n = 0; n < 5; n++)
        {
            var run = await Api.RunAsync(plan);
            (await Api.PostAsync($"runs/{run.Text("id")}/cancel")).Must(200);

            await Api.EndAsync(run, "cancelled");
        }

        Locks("at-once").ShouldBe(0);
    }

    [Fact]
    public async Task Plans_on_different_repositories_run_at_the_same_time_and_on_one_after_each_other()
    {
        var (repository, one) = await PlanAsync("first");
        var (_, other) = await PlanAsync("second");
        var third = await Api.AddPlanAsync("third", repository, files.In("large"));
        server.Slow = true;

        var runs = new[] { await Api.RunAsync(one), await Api.RunAsync(other), await Api.RunAsync(third) };

        await Api.UntilAsync(runs[0], "running");
        await Api.UntilAsync(runs[1], "running");
        (await Api.GetAsync($"runs/{runs[0].Text("id")}")).Must(200).Text("state").ShouldBe("running");
        (await Api.GetAsync($"runs/{runs[2].Text("id")}")).Must(200).Text("state").ShouldBe("queued");
        (await Api.GetAsync("runs?state=queued")).Must(200).Items().Select(r => r.Text("id")).ShouldContain(runs[2].Text("id"));
        foreach (var run in runs.Reverse())
        {
            (await Api.PostAsync($"runs/{run.Text("id")}/cancel")).Must(200);
            await Api.EndAsync(run, "cancelled");
        }
    }

    private int Locks(string repository) => Directory.EnumerateFiles(files.In($"{repository}/locks")).Count();

    private async Task<(JsonNode Repository, JsonNode Plan)> PlanAsync(string name)
    {
        var repository = await Api.AddRepositoryAsync(name, files.In(name));
        return (repository, await Api.AddPlanAsync(name, repository, files.In("large")));
    }
}
