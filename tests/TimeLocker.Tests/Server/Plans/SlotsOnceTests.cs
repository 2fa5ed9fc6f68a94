using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>A slot is one run, whoever starts it and however often.</summary>
public sealed class SlotsOnceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = new("0 * * * *", "UTC");

    private ClockRig rig = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon, "UTC");
        place = await rig.RepositoryAsync("place");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Two_that_start_the_same_slot_get_the_same_run()
    {
        var plan = await rig.PlanAsync(place, "Papers", null);
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync(plan)));

        runs.Select(r => r.Id).Distinct().ShouldBe([RunId.OfSlot(plan.Id, Noon)]);
        await rig.PassAsync(TimeSpan.FromMinutes(5));
        (await StartAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded, "it has ended already");
        (await rig.RunsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_whose_slots_are_decided_again_has_no_row_twice()
    {
        var plan = await rig.PlanAsync(place, "Papers", null, Hourly);
        await rig.LookAsync();
        await rig.SleepAsync(TimeSpan.FromHours(5));
        await rig.PassAsync(TimeSpan.FromMinutes(5));
        var before = await rig.RunsAsync();
        before.Select(r => r.Id).ShouldBe(Enumerable.Range(1, 5).Select(n => RunId.OfSlot(plan.Id, Noon.AddHours(n))),
            "missed, or caught up");

        await rig.Get<AuditLog>()
            .TouchAsync(db => db.Plans.ExecuteUpdateAsync(set => set.SetProperty(p => p.ScheduledUntil, Noon)));
        await rig.LookAsync();

        (await rig.RunsAsync()).Select(r => (r.Id, r.Outcome)).ShouldBe(before.Select(r => (r.Id, r.Outcome)));
    }

    [Fact]
    public async Task Maintenance_whose_slots_are_decided_again_has_no_row_twice()
    {
        var check = new MaintenanceSchedule(RunKind.Check, Hourly);
        await rig.Get<RepositoryCatalog>().SetMaintenanceAsync(place.Id, [check], DeskRig.Admin);
        await rig.LookAsync();
        await rig.SleepAsync(TimeSpan.FromHours(3));
        await rig.PassAsync(TimeSpan.FromMinutes(5));
        var before = await rig.RunsAsync();
        before.Select(r => r.Id).ShouldBe(Enumerable.Range(1, 3).Select(n => RunId.OfSlot(check, place.Id, Noon.AddHours(n))));

        await rig.Get<AuditLog>()
            .TouchAsync(db =>
                db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.MaintenanceUntil, Noon)));
        await rig.LookAsync();

        (await rig.RunsAsync()).Select(r => (r.Id, r.Outcome)).ShouldBe(before.Select(r => (r.Id, r.Outcome)));
    }

    [Fact]
    public async Task A_schedule_that_is_changed_keeps_the_slots_that_both_have()
    {
        var plan = await rig.PlanAsync(place, "Papers", null, Hourly);
        RunId.OfSlot(plan.Id, new Schedule("0 13 * * *", "UTC").Slots(Noon, Noon.AddDays(1)).Single())
            .ShouldBe(RunId.OfSlot(plan.Id, Hourly.Slots(Noon, Noon.AddHours(1)).Single()));
    }

    [Fact]
    public async Task Another_try_is_another_run_and_the_same_for_everybody()
    {
        var plan = await rig.PlanAsync(place, "Papers", null);
        var first = PlanRun.Of(plan, PlanRun.Usual, RunCause.Schedule, Actor.System, Noon, Noon);
        first.Apply(new RunEnded(RunOutcome.Interrupted, null, null, null) { At = Noon });

        Run[] tries = [NextTry.Of(first, plan, Noon, 0)!, NextTry.Of(first, plan, Noon.AddSeconds(1), 1)!];

        tries.Select(t => t.Id).Distinct().ShouldBe([RunId.OfTryAfter(first.Id)]);
        tries[0].Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task What_a_person_or_an_event_starts_is_a_new_run_each_time()
    {
        var plan = await rig.PlanAsync(place, "Papers", null);
        Run[] runs = [.. ((RunCause[])[RunCause.Person,
            RunCause.Trigger]).SelectMany(cause => Enumerable.Range(0, 2)
                .Select(_ => PlanRun.Of(plan, PlanRun.Usual, cause, Actor.System, Noon)))];

        runs.Select(r => r.Id).Distinct().Count().ShouldBe(4);
    }

    private Task<Run> StartAsync(BackupPlan plan) =>
        rig.Get<BackupRuns>().StartAsync(plan.Id, new() { Cause = RunCause.Schedule, Slot = Noon }, DeskRig.Admin);
}
