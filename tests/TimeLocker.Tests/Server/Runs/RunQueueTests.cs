using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
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
        var run = await rig.Get<RunCoordinator>().StartStatsAsync(place.Id, DeskRig.Admin);

        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunQueue>().State(DeskRig.Admin).Waiting.Count == 1));
        rig.Get<RunFeed>().WaitingFor(run.Id).ShouldNotBeNull().ShouldStartWith("Paused until ");
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
        var place = await rig.RepositoryAsync();
        await rig.Get<RunQueue>().PauseAsync(TimeProvider.System.GetUtcNow().AddSeconds(3), DeskRig.Admin);
        var unwanted = await rig.Get<RunCoordinator>().StartCheckAsync(place.Id, new(), DeskRig.Admin);
        var run = await rig.Get<RunCoordinator>().StartStatsAsync(place.Id, DeskRig.Admin);

        await rig.Get<RunCoordinator>().CancelAsync(unwanted.Id, DeskRig.Admin);
        (await rig.EndAsync(unwanted)).Outcome.ShouldBe(RunOutcome.Cancelled);
        (await rig.EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
        rig.Get<RunQueue>().Paused.ShouldBeNull();
    }

    [Fact]
    public async Task Two_repositories_work_at_the_same_time_and_a_third_waits_for_the_machine()
    {
        var places = new List<Repository>();
        foreach (var name in (string[])["one", "two", "three"])
        {
            places.Add(await rig.RepositoryAsync(name));
        }

        var runs = new List<Run>();
        var (together, reason) = (0, "");
        using var watch = rig.Get<RunFeed>().Watch();
        foreach (var place in places)
        {
            runs.Add(await rig.Get<RunCoordinator>().StartCheckAsync(place.Id, new(), DeskRig.Admin));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var _ in watch.ReadAsync(limit.Token))
        {
            together = Math.Max(together, rig.Get<RunFeed>().Active.Count(r => r.State is RunState.Running));
            reason = rig.Get<RunQueue>().State(DeskRig.Admin).Waiting.Select(w => w.Reason).FirstOrDefault() ?? reason;
            if (runs.All(r => r.HasEnded))
            {
                break;
            }
        }

        (together, reason).ShouldBe((2, "Waits: this machine already does 2 runs."));
        runs.ShouldAllBe(r => r.Outcome == RunOutcome.Succeeded);
    }

    [Fact]
    public async Task Only_sensible_pauses_and_caps_are_taken_from_whom_they_are_meant_for()
    {
        var queue = rig.Get<RunQueue>();
        (await Should.ThrowAsync<ProblemException>(() => queue.PauseAsync(TimeProvider.System.GetUtcNow().AddHours(1), DeskRig.Actor(Role.Viewer)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => queue.PauseAsync(TimeProvider.System.GetUtcNow().AddHours(-1), DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => queue.PauseAsync(TimeProvider.System.GetUtcNow().AddDays(99), DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => queue.SetMachineCapAsync(0, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => queue.SetMachineCapAsync(4, DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);

        await queue.SetMachineCapAsync(4, DeskRig.Admin);
        await rig.RestartAsync();
        rig.Get<RunQueue>().MachineCap.ShouldBe(4);
    }
}
