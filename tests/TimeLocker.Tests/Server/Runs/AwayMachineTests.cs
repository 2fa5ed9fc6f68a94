using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>
/// A machine that is not connected is no failure: what is to happen on it waits, and what happens on it is heard later.
/// </summary>
public sealed class AwayMachineTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private ClockRig rig = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon, "UTC");
        plan = await rig.PlanAsync(await rig.RepositoryAsync("place"), "Papers", null, new Schedule("0 13 * * *", "UTC"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private AgentRegistry Machines => rig.Get<AgentRegistry>();

    [Fact]
    public async Task What_is_due_waits_for_its_machine_and_is_caught_up_when_it_comes()
    {
        Machines.Disconnect(plan.MachineId);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.Get<DuePlans>().LookAsync(default);

        var run = (await rig.RunsAsync()).Single();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().WaitingFor(run.Id) is not null));
        rig.Get<RunQueue>()
            .State(DeskRig.Admin).Waiting.ShouldHaveSingleItem().Reason.Full.ShouldBe(
            "Waits for its machine, which is not connected.");
        run.HasEnded.ShouldBeFalse();

        Machines.Connect(plan.MachineId, rig.Agent);

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task It_stands_in_nobodys_way_meanwhile()
    {
        Machines.Disconnect(plan.MachineId);
        await StartAsync();
        using var alone = await rig.Get<TimeLocker.Server.Repositories.IExclusiveUse>()
            .EnterAsync(plan.RepositoryId, Text.Verbatim("A key"), TimeSpan.FromSeconds(30), default);
    }

    [Fact]
    public async Task What_waits_for_its_machine_can_be_cancelled()
    {
        Machines.Disconnect(plan.MachineId);
        var run = await StartAsync();

        await rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin);

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Cancelled);
        rig.Agent.Begun.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_machine_that_goes_in_the_middle_of_a_run_is_waited_for_however_long_it_takes(bool fault)
    {
        rig.Agent.Passes = (said, before) => before == 0
            ? BrokenStreamTests.CutAsync(said, fault, () => Machines.Disconnect(plan.MachineId)) : said;
        var run = await StartAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().WaitingFor(run.Id) is not null));
        rig.Clock.Advance(TimeSpan.FromDays(1));
        (await RowAsync(run)).HasEnded.ShouldBeFalse();

        Machines.Connect(plan.MachineId, rig.Agent);

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
        rig.Agent.Begun.ShouldBe([run.Id]);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_its_machine_is_away_is_stopped_when_it_comes()
    {
        rig.Agent.Passes = (said, before) => before == 0
            ? BrokenStreamTests.CutAsync(said, fault: false, () => Machines.Disconnect(plan.MachineId)) : said;
        var run = await StartAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().WaitingFor(run.Id) is not null));

        await rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin);
        (await RowAsync(run)).HasEnded.ShouldBeFalse("nobody knows whether it goes on there");
        Machines.Connect(plan.MachineId, rig.Agent);

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Cancelled);
    }

    [Fact]
    public async Task A_run_that_was_at_work_before_a_restart_is_joined_when_its_machine_comes()
    {
        var run = await StartAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Agent.Works(run.Id)));
        await rig.CloseAsync();
        await rig.OpenAsync(connected: false);
        (await RowAsync(run)).HasEnded.ShouldBeFalse();

        Machines.Connect(plan.MachineId, rig.Agent);

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
        rig.Agent.Begun.ShouldBe([run.Id]);
    }

    [Fact]
    public async Task Plans_of_a_machine_that_is_away_can_be_made_and_changed()
    {
        var place = await rig.RepositoryAsync("other");
        Machines.Disconnect(plan.MachineId);

        var made = await rig.PlanAsync(place, "Letters", null);
        var changed = await rig.Get<PlanCatalog>().UpdateAsync(made.Id, NewPlan.From(made) with { Name = "Post" },
            DeskRig.Admin.Having(made.Revision));

        changed.Name.ShouldBe("Post");
    }

    private Task<Run> StartAsync() => rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);

    private async Task<Run> RowAsync(Run run) => (await rig.RunsAsync()).Single(r => r.Id == run.Id);

    private async Task<Run> EndAsync(Run run)
    {
        await DeskRig.UntilAsync(async () =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await RowAsync(run)).HasEnded;
        });
        return await RowAsync(run);
    }
}
