using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

public sealed class RunEventsTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_stream_of_events_closes_only_after_an_end_that_is_written_down()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "plan", "/somewhere");
        var run = Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId);
        var (feed, recorder) = (rig.Get<RunFeed>(), rig.Get<RunRecorder>());
        await recorder.QueuedAsync(run, DeskRig.Admin, default);
        feed.Publish(run);
        using var client = await rig.ClientAsync(Role.Viewer);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await client.GetStreamAsync($"api/v1/runs/{run.Id}/events", limit.Token);
        await using var events = SseParser.Create(stream).EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        (await events.MoveNextAsync()).ShouldBeTrue();

        feed.Publish(run);
        var ended = run.Copy();
        ended.Apply(Examples.End(RunOutcome.Succeeded, new string('a', 64), new RunResult()));
        await recorder.EndedAsync(ended);
        feed.Publish(ended);
        do
        {
            (await events.MoveNextAsync()).ShouldBeTrue();
        }
        while (JsonNode.Parse(events.Current.Data)!["state"]!.ToString() != "ended");

        await using (var db = await rig.DatabaseAsync())
        {
            (await db.Runs.FindAsync(run.Id))!.HasEnded.ShouldBeTrue();
        }

        var last = JsonNode.Parse(events.Current.Data)!;
        (last["state"]!.ToString(), last["outcome"]!.ToString()).ShouldBe(("ended", "succeeded"));
        (await events.MoveNextAsync()).ShouldBeFalse();
    }
}
