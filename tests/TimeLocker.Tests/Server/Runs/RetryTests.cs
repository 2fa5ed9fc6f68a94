using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>What may pass by itself is tried again, later and later; what does not, is not.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private static RunEnded Failure(bool passes) =>
        new(RunOutcome.Failed, null, null,
            new Problem(Text.Verbatim("The server does not answer."), Text.Verbatim("No route."),
                Text.Verbatim("Wait.")))
        { At = DateTimeOffset.UnixEpoch, Transient = passes };

    private async Task<IReadOnlyList<Run>> AllAsync() =>
        [.. (await rig.Get<RunHistory>().ListAsync(new() { Plan = plan.Id }, DeskRig.Admin)).Items.OldestFirst()];

    private async Task<Run> FailAsync(bool passes = true)
    {
        rig.Agent.Ends = _ => Failure(passes);
        return await rig.EndAsync(await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin));
    }

    [Fact]
    public async Task A_cause_that_may_pass_is_tried_again_after_a_while_and_the_queue_says_when()
    {
        var first = await FailAsync();

        (await AllAsync()).Count.ShouldBe(2);
        var again = (await AllAsync())[1];
        (again.Cause, again.Attempt, again.State).ShouldBe((RunCause.Retry, 1, RunState.Queued));
        (again.NotBefore!.Value - first.EndedAt!.Value).ShouldBeGreaterThan(TimeSpan.FromMinutes(5));
        (again.NotBefore!.Value - rig.Get<TimeProvider>().GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(6));
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().WaitingFor(again.Id) is not null));
    }

    [Fact]
    public async Task It_waits_over_a_restart_begins_when_it_is_time_and_ends_with_the_last_try()
    {
        await FailAsync();
        for (var tries = 1; tries <= plan.Options.Retries.Times; tries++)
        {
            await using (var db = await rig.DatabaseAsync())
            {
                await db.Runs.Where(r => r.State != RunState.Ended)
                    .ExecuteUpdateAsync(set => set.SetProperty(r => r.NotBefore, DateTimeOffset.UnixEpoch));
            }

            await rig.RestartAsync(agent => agent.Ends = _ => Failure(passes: true));
            var expected = Math.Min(tries + 2, plan.Options.Retries.Times + 1);
            await DeskRig.UntilAsync(async () => (await AllAsync()).Count == expected
                && (await AllAsync()).Count(r => r.HasEnded) == tries + 1);
        }

        (await AllAsync()).Select(r => r.Attempt).ShouldBe([0, 1, 2, 3]);
        (await AllAsync()).ShouldAllBe(r => r.Outcome == RunOutcome.Failed);
    }

    [Fact]
    public async Task What_does_not_pass_and_a_plan_without_tries_are_not_tried_again()
    {
        await FailAsync(passes: false);
        (await AllAsync()).ShouldHaveSingleItem();
        plan = await rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Options = new() { Retries = new() { Times = 0 } } }, DeskRig.Admin);
        await FailAsync();
        (await AllAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_newer_run_takes_the_place_of_a_try_that_waits()
    {
        await FailAsync();
        var waiting = (await AllAsync())[1];
        rig.Agent.Ends = _ => null;

        var newer = await rig.EndAsync(await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin));

        newer.Outcome.ShouldBe(RunOutcome.Succeeded, newer.Problem?.ToString());
        var left = await rig.EndAsync(waiting);
        (left.Outcome, left.Problem?.Why.Full).ShouldBe((RunOutcome.Skipped, "A newer run of the plan took its place."));
        (await AllAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_dry_run_takes_nothings_place_and_a_person_can_cancel_the_wait()
    {
        await FailAsync();
        var waiting = (await AllAsync())[1];
        rig.Agent.Ends = _ => null;
        await rig.EndAsync(await rig.Get<BackupRuns>().StartAsync(plan.Id, new() { Mode = BackupMode.DryRun }, DeskRig.Admin));
        rig.Get<RunFeed>().Current(waiting.Id).ShouldNotBeNull();

        await rig.Get<RunDesk>().CancelAsync(waiting.Id, DeskRig.Admin);

        (await rig.EndAsync(waiting)).Outcome.ShouldBe(RunOutcome.Cancelled);
    }

    [Fact]
    public void The_wait_doubles_has_chance_in_it_and_ends_at_six_hours()
    {
        var rules = new RetryRules { FirstAfterMinutes = 10 };

        Enumerable.Range(0, 4).Select(failed => rules.WaitAfter(failed, 0).TotalMinutes).ShouldBe([10, 20, 40, 80]);
        rules.WaitAfter(0, 1).ShouldBe(TimeSpan.FromMinutes(12));
        rules.WaitAfter(50, 1).ShouldBe(TimeSpan.FromHours(6));
    }
}
