using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>The real clock, the real engine, real restic: somebody does look.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    // Each hour at a minute that is as far away as can be: no test meets it while it runs.
    private readonly int minute = TimeProvider.System.GetUtcNow().AddMinutes(30).Minute;

    private DeskRig rig = null!;

    private Schedule Hourly => new($"{minute} * * * *", "UTC");

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_fell_due_while_the_server_was_stopped_is_caught_up_when_it_starts()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [Hourly], null, null, DeskRig.Admin);
        await LookedAsync();
        await BackAsync(plan, hours: 3);

        await rig.RestartAsync();

        (await CaughtUpAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await AllAsync(plan)).Count(r => r.Outcome == RunOutcome.Missed).ShouldBe(2);
    }

    [Fact]
    public async Task A_change_of_a_plan_has_the_schedule_looked_at_at_once()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [Hourly], null, null, DeskRig.Admin);
        await LookedAsync();
        await BackAsync(plan, hours: 1);
        (await AllAsync(plan)).ShouldBeEmpty();

        await rig.Get<PlanCatalog>().ResumeAsync(plan.Id, DeskRig.Admin);

        (await CaughtUpAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_slot_of_the_next_minute_begins_by_itself()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(70);
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [new($"{soon.Minute} * * * *", "UTC")], null, null, DeskRig.Admin);

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!(await AllAsync(plan)).Any(r => r.HasEnded))
        {
            await Task.Delay(250, limit.Token);
        }

        var run = (await AllAsync(plan)).ShouldHaveSingleItem();
        (run.Cause, run.Outcome, run.Slot!.Value.Minute).ShouldBe((RunCause.Schedule, RunOutcome.Succeeded, soon.Minute));
        run.QueuedAt.ShouldBeGreaterThanOrEqualTo(run.Slot.Value);
    }

    // The schedule has been seen, and all looks that were asked for are done: only the timer is left, and nobody
    // decides before the next slot.
    private Task LookedAsync() => DeskRig.UntilAsync(() =>
        Task.FromResult(rig.Get<DuePlans>().Next?.UtcDateTime.Minute == minute
            && rig.Get<WorkRegistry>().Find("schedules")!.State is { Running: false }));

    // As if nobody had looked for so long.
    private async Task BackAsync(BackupPlan plan, int hours)
    {
        var since = TimeProvider.System.GetUtcNow().AddHours(-hours);
        await rig.Get<AuditLog>().TouchAsync(async db => (await db.Plans.FindAsync(plan.Id))!.ScheduledUntil = since);
    }

    private async Task<Run> CaughtUpAsync(BackupPlan plan)
    {
        await DeskRig.UntilAsync(async () =>
            (await AllAsync(plan)).Any(r => r.HasEnded && r.Outcome is not (RunOutcome.Missed or RunOutcome.Skipped)));
        return (await AllAsync(plan)).Single(r => r.Outcome is not (RunOutcome.Missed or RunOutcome.Skipped));
    }

    private async Task<IReadOnlyList<Run>> AllAsync(BackupPlan plan) =>
        (await rig.Get<RunHistory>().ListAsync(new() { Plan = plan.Id, Limit = 50 }, DeskRig.Admin)).Items;
}
