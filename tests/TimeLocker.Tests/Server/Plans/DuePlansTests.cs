using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>The plans table is the truth: what is due is decided once, whatever the clock and the power do.</summary>
public sealed class DuePlansTests : IAsyncLifetime
{
    // 1 March 2026, a Sunday in winter; 12:10 in Berlin.
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 11, 10, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = new("0 * * * *", "UTC");

    private ClockRig rig = null!;

    public async Task InitializeAsync() => rig = await ClockRig.StartAsync(Start);

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_due_plan_is_started_once_and_the_next_moment_is_known()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("one"), "plan", null, Hourly);
        await rig.LookAsync();
        (rig.Get<DuePlans>().Next, (await rig.RunsAsync()).Count).ShouldBe((Start.AddMinutes(50), 0));

        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.Get<DuePlans>().LookAsync(default)));
        await rig.LookAsync();

        var run = (await rig.RunsAsync()).ShouldHaveSingleItem();
        (run.Cause, run.Slot, run.PlanId, run.State).ShouldBe((RunCause.Schedule, Start.AddMinutes(50), plan.Id, RunState.Running));
        rig.Get<DuePlans>().Next.ShouldBe(Start.AddMinutes(110));
        await rig.PassAsync(TimeSpan.FromMinutes(2));
        (await rig.RunsAsync()).ShouldHaveSingleItem().Outcome.ShouldBe(RunOutcome.Succeeded);
        await using var db = await rig.DatabaseAsync();
        (await db.Plans.SingleAsync()).LastOutcome.ShouldBe(RunOutcome.Succeeded);
        (await db.AuditEntries.CountAsync(e => EF.Property<string>(e, "Kind") == "plan.due")).ShouldBe(1);
    }

    [Fact]
    public async Task A_sleep_of_three_days_makes_one_catch_up_and_the_rest_was_missed()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("one"), "plan", null, Hourly);
        await rig.LookAsync();

        await rig.SleepAsync(TimeSpan.FromDays(3));

        var runs = await rig.RunsAsync(plan.Id);
        runs.Count.ShouldBe(72);
        runs.Take(71).ShouldAllBe(r => r.Outcome == RunOutcome.Missed && r.Problem != null && r.HasEnded);
        runs.Select(r => r.Slot).ShouldBe(Enumerable.Range(0, 72).Select(n => (DateTimeOffset?)Start.AddMinutes(50).AddHours(n)));
        (runs[^1].Cause, runs[^1].State).ShouldBe((RunCause.CatchUp, RunState.Running));
        var after = await rig.Get<PlanCatalog>().GetAsync(plan.Id);
        (after.LastOutcome, after.MissedInARow).ShouldBe((null, 71)); // what was missed is not what the plan's last run came to
    }

    [Fact]
    public async Task A_clock_that_is_put_back_an_hour_fires_no_slot_again()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("one"), "plan", null, Hourly);
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromMinutes(55)); // 12:05: the slot of 12:00 ran
        rig.Clock.Jump(TimeSpan.FromHours(-1));
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromHours(3)); // 14:05

        (await rig.RunsAsync(plan.Id)).Select(r => (r.Slot, r.Outcome)).ShouldBe([Slot("12:00"), Slot("13:00"), Slot("14:00")]);
        rig.Get<ClockWatch>().Doubt.ShouldBeNull();
    }

    [Fact]
    public async Task After_a_clock_was_wrong_by_years_plans_run_again_and_no_slot_twice()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("one"), "plan", null, Hourly);
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromHours(2));
        rig.Clock.Jump(TimeSpan.FromDays(900));
        await rig.LookAsync();
        rig.Clock.Jump(TimeSpan.FromDays(-900));
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromHours(2));

        var runs = await rig.RunsAsync(plan.Id);
        runs.Count(r => r.Slot < Start.AddDays(1) && r.Outcome == RunOutcome.Succeeded).ShouldBe(4);
        runs.Count(r => r.Slot > Start.AddDays(1)).ShouldBe(101); // a hundred that tell of 900 days, and the catch-up
        runs.Select(r => r.Slot).Distinct().Count().ShouldBe(runs.Count);
    }

    [Fact]
    public async Task A_restart_between_decision_and_start_loses_nothing_and_doubles_nothing()
    {
        var delayed = Hourly with { DelayMinutes = 30 };
        var plan = await WaitingPlanAsync(delayed);
        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await rig.LookAsync();
        var run = (await rig.RunsAsync()).ShouldHaveSingleItem();
        run.NotBefore.ShouldBe(run.Slot + delayed.Delay(plan.Id, run.Slot!.Value));
        await WaitsAsync();

        await rig.DownAsync(TimeSpan.FromSeconds(1));
        await WaitsAsync();
        rig.Agent.Begun.ShouldBeEmpty();
        await rig.PassAsync(TimeSpan.FromMinutes(40));

        (await rig.RunsAsync()).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(RunOutcome.Succeeded),
            r => r.StartedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(run.NotBefore!.Value));

        Task WaitsAsync() =>
            DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().WaitingFor(run.Id) is { } why
                && why.Full.StartsWith("Begins at 13:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_that_waits_for_its_time_can_be_cancelled()
    {
        var plan = await WaitingPlanAsync(Hourly with { DelayMinutes = 60 });
        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await rig.LookAsync();
        var run = (await rig.RunsAsync(plan.Id)).ShouldHaveSingleItem();

        await rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin);
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().Current(run.Id) is null));

        (await rig.RunsAsync(plan.Id)).ShouldHaveSingleItem().Outcome.ShouldBe(RunOutcome.Cancelled);
        rig.Agent.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_waiting_run_begins_within_a_minute_of_waking_up()
    {
        await WaitingPlanAsync(Hourly with { DelayMinutes = 50 });
        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await rig.LookAsync();
        rig.Agent.Begun.ShouldBeEmpty();

        rig.Clock.Jump(TimeSpan.FromMinutes(55));
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        rig.Agent.Begun.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_decision_that_cannot_be_written_changes_nothing_and_is_made_by_the_next_look()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("one"), "plan", null, Hourly);
        var other = await rig.PlanAsync(await rig.RepositoryAsync("two"), "other", null, Hourly);
        await rig.Get<AuditLog>()
            .TouchAsync(db =>
                db.Database.ExecuteSqlAsync(
                    $"CREATE TRIGGER \"Full\" BEFORE INSERT ON \"Runs\" WHEN NEW.\"Title\" = 'plan' BEGIN SELECT RAISE(ABORT, 'disk full'); END"));
        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await rig.LookAsync();
        (await rig.RunsAsync()).ShouldHaveSingleItem().PlanId.ShouldBe(other.Id);

        await rig.Get<AuditLog>().TouchAsync(db => db.Database.ExecuteSqlAsync($"DROP TRIGGER \"Full\""));
        await rig.LookAsync();

        (await rig.RunsAsync(plan.Id)).ShouldHaveSingleItem().Slot.ShouldBe(Start.AddMinutes(50));
    }

    [Fact]
    public async Task Paused_plans_and_archived_ones_start_nothing_and_a_global_pause_queues_one()
    {
        var (paused, gone, held) = (await PlanAsync("paused"), await PlanAsync("gone"), await PlanAsync("held"));
        await rig.Get<PlanCatalog>().PauseAsync(paused.Id, Start.AddMinutes(70), DeskRig.Admin);
        await rig.Get<PlanCatalog>().ArchiveAsync(gone.Id, DeskRig.Admin);
        await rig.Get<RunQueue>().PauseAsync(Start.AddMinutes(150), DeskRig.Admin);
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromMinutes(160)); // 13:50

        (await rig.RunsAsync(paused.Id)).Select(r => (r.Slot, r.Outcome))
            .ShouldBe([(Start.AddMinutes(50), RunOutcome.Skipped), Slot("13:00")]);
        (await rig.RunsAsync(gone.Id)).ShouldBeEmpty();
        (await rig.RunsAsync(held.Id)).Select(r => (r.Slot, r.Outcome))
            .ShouldBe([Slot("12:00"), (Start.AddMinutes(110), RunOutcome.Skipped)]);
        (await rig.Get<PlanCatalog>().GetAsync(held.Id)).LastOutcome.ShouldBe(RunOutcome.Succeeded,
            "what was skipped says nothing about the plan");
    }

    [Fact]
    public async Task A_changed_schedule_looks_ahead_only_and_an_edit_of_something_else_loses_no_slot()
    {
        var plan = await PlanAsync("plan");
        rig.Clock.Advance(TimeSpan.FromHours(3));
        await rig.Get<PlanCatalog>().UpdateAsync(plan.Id, NewPlan.From(plan) with { Name = "renamed" }, DeskRig.Admin);
        await rig.LookAsync();
        (await rig.RunsAsync(plan.Id)).Count.ShouldBe(3);

        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [new("5 * * * *", "UTC")], null, 24, DeskRig.Admin);
        await rig.LookAsync();
        (await rig.RunsAsync(plan.Id)).Count.ShouldBe(3);
        rig.Get<DuePlans>().Next.ShouldBe(Start.AddMinutes(235));
    }

    [Fact]
    public async Task Refusals_name_what_is_wrong_and_a_viewer_may_change_nothing()
    {
        var (plan, plans) = (await PlanAsync("plan"), rig.Get<PlanCatalog>());
        (await Should.ThrowAsync<ProblemException>(() => plans.PauseAsync(plan.Id, Start.AddDays(-1),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => plans.ScheduleAsync(plan.Id, [new("nonsense", "UTC")], null,
            null, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        var viewer = DeskRig.Actor(Role.Viewer);
        foreach (var change in (Func<Task>[])[() => plans.PauseAsync(plan.Id, null, viewer),
            () => plans.ResumeAsync(plan.Id, viewer), () => plans.ScheduleAsync(plan.Id, [], null, null, viewer)])
        {
            (await Should.ThrowAsync<ProblemException>(change)).Kind.ShouldBe(ProblemKind.Forbidden);
        }
    }

    [Fact]
    public async Task A_thousand_plans_of_the_same_second_are_each_decided_once()
    {
        var places = new List<TimeLocker.Core.Repositories.Repository>();
        for (var n = 0; n < 20; n++)
        {
            places.Add(await rig.RepositoryAsync($"place {n}"));
        }

        await rig.Get<AuditLog>().ChangeAsync(Actor.System, "plans.made-up", (db, note) =>
        {
            db.Plans.AddRange(Enumerable.Range(0, 1000).Select(n => new BackupPlan
            {
                Id = Guid.CreateVersion7(Start),
                Name = $"plan {n}",
                MachineId = places[0].HomeId,
                RepositoryId = places[n % 20].Id,
                Sources = ["/made/up"],
                CreatedAt = Start,
                Schedules = [Hourly],
                ScheduledUntil = Start,
            }));
            note.About("plans", "all");
            return Task.CompletedTask;
        });
        await rig.LookAsync();
        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        var began = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(rig.Get<DuePlans>().LookAsync(default), rig.Get<DuePlans>().LookAsync(default));

        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        await rig.SettleAsync();
        var runs = await rig.RunsAsync();
        runs.Select(r => r.PlanId).Distinct().Count().ShouldBe(1000);
        (runs.Count, runs.Count(r => r.Slot == Start.AddMinutes(50))).ShouldBe((1000, 1000));
        var queue = rig.Get<RunQueue>();
        queue.State(DeskRig.Admin).Waiting.Count.ShouldBe(1000 - Machine.UsualCap);
        queue.State(DeskRig.Admin).Waiting.ShouldAllBe(w => w.Reason.Full.StartsWith("Waits"));
        rig.Agent.Most.ShouldBe(Machine.UsualCap);
    }

    private async Task<BackupPlan> PlanAsync(string name) =>
        await rig.PlanAsync(await rig.RepositoryAsync(name), name, null, Hourly);

    // The delay is chance. Where it is next to nothing the run begins at once, and there is no waiting to look at.
    private async Task<BackupPlan> WaitingPlanAsync(Schedule schedule)
    {
        var place = await rig.RepositoryAsync("one");
        while (true)
        {
            var plan = await rig.PlanAsync(place, "plan", null, schedule);
            if (schedule.Delay(plan.Id, Start.AddMinutes(50)) > TimeSpan.FromMinutes(1))
            {
                return plan;
            }

            await rig.Get<PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        }
    }

    private static (DateTimeOffset?, RunOutcome?) Slot(string time) =>
        (new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)
            + TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture), RunOutcome.Succeeded);
}
