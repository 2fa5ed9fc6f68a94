using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>The queue as people see it: pause, cap, reasons, and what a restart keeps of it.</summary>
public sealed class RunQueueTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_pause_holds_what_is_queued_survives_a_restart_and_ends_on_demand()
    {
        var place = await rig.RepositoryAsync();
        var until = TimeProvider.System.GetUtcNow().AddHours(30);
        await rig.Get<RunQueue>().PauseAsync(until, DeskRig.Actor(Role.Operator));
        var run = await rig.Get<StatsRuns>().StartAsync(place.Id, DeskRig.Admin);

        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunQueue>().State(DeskRig.Admin).Waiting.Count == 1));
        rig.Get<RunFeed>().WaitingFor(run.Id).ShouldNotBeNull().Full.ShouldStartWith("Paused until ");
        await rig.RestartAsync();

        var queue = rig.Get<RunQueue>();
        queue.Paused.ShouldBe(new Pause(until, "u_Operator"));
        await DeskRig.UntilAsync(() => Task.FromResult(queue.State(DeskRig.Admin).Waiting.Count == 1));
        queue.State(DeskRig.Admin).Waiting.ShouldHaveSingleItem().RunId.ShouldBe(run.Id);
        await queue.ResumeAsync(DeskRig.Admin);
        (await rig.EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await rig.RestartAsync();
        rig.Get<RunQueue>().Paused.ShouldBeNull();
    }

    [Fact]
    public async Task A_pause_ends_by_itself_and_what_is_queued_can_be_cancelled_while_it_lasts()
    {
        await using var rig = await ClockRig.StartAsync(Examples.Noon);
        var place = await rig.RepositoryAsync("place");
        await rig.Get<RunQueue>().PauseAsync(Examples.Noon.AddHours(1), DeskRig.Admin);
        var unwanted = await rig.Get<CheckRuns>().StartAsync(place.Id, new(), DeskRig.Admin);
        var run = await rig.Get<StatsRuns>().StartAsync(place.Id, DeskRig.Admin);

        await rig.Get<RunDesk>().CancelAsync(unwanted.Id, DeskRig.Admin);
        await rig.PassAsync(TimeSpan.FromHours(2));

        (await rig.RunsAsync()).Select(r => (r.Id, r.Outcome))
            .ShouldBe([(unwanted.Id, RunOutcome.Cancelled), (run.Id, RunOutcome.Succeeded)], ignoreOrder: true);
        rig.Get<RunQueue>().Paused.ShouldBeNull();
    }

    [Fact]
    public async Task Two_repositories_work_at_the_same_time_and_a_third_waits_for_the_machine()
    {
        await using var rig = await ClockRig.StartAsync(Examples.Noon);
        foreach (var name in (string[])["one", "two", "three"])
        {
            await rig.Get<CheckRuns>().StartAsync((await rig.RepositoryAsync(name)).Id, new(), DeskRig.Admin);
        }

        await rig.SettleAsync();
        (await rig.RunsAsync()).Count(r => r.State == RunState.Running).ShouldBe(2);
        rig.Get<RunQueue>()
            .State(DeskRig.Admin).Waiting.ShouldHaveSingleItem().Reason.Full.ShouldBe(
            "Waits: this machine already does 2 runs.");
        await rig.PassAsync(TimeSpan.FromMinutes(3));

        (await rig.RunsAsync()).ShouldAllBe(r => r.Outcome == RunOutcome.Succeeded);
    }

    [Fact]
    public async Task Only_sensible_pauses_and_caps_are_taken_from_whom_they_are_meant_for()
    {
        var queue = rig.Get<RunQueue>();
        (await Should.ThrowAsync<ProblemException>(() => queue.PauseAsync(TimeProvider.System.GetUtcNow().AddHours(1),
            DeskRig.Actor(Role.Viewer)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => queue.PauseAsync(TimeProvider.System.GetUtcNow().AddHours(-1),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => queue.PauseAsync(TimeProvider.System.GetUtcNow().AddDays(99),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => queue.SetMachineCapAsync(0,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => queue.SetMachineCapAsync(4,
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);

        await queue.SetMachineCapAsync(4, DeskRig.Admin);
        await rig.RestartAsync();
        rig.Get<RunQueue>().MachineCap.ShouldBe(4);
    }
}
