using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Data;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Triggers;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Server.Triggers;

public sealed class SystemTimersTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private SystemTimers timers = null!;

    private DateTimeOffset Now { get; set; }

    // Each hour at a minute that is as far away as can be: no test meets it while it runs.
    private DateTimeOffset Newest => Now.AddMinutes(-30).AddTicks(-(Now.Ticks % TimeSpan.TicksPerMinute));
    private string Hourly => $"{Newest.Minute} * * * *";

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        rig.Write("data/file");
        timers = rig.Get<SystemTimers>();
        Now = TimeProvider.System.GetUtcNow(); // after its start: for five minutes from then on it misses no call
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_call_answers_the_newest_slot_and_the_ones_before_are_missed()
    {
        var plan = await PlanAsync(Hourly);
        await SinceAsync(plan, Now.AddHours(-3));
        var newest = Newest;

        var run = await rig.EndAsync(await timers.CallAsync(plan.Id, DeskRig.Admin));
        await timers.DecideAsync(await GetAsync(plan), Now.AddMinutes(10), default);
        await timers.DecideAsync(await GetAsync(plan), Now.AddMinutes(10), default);

        (run.Cause, run.Slot, run.Outcome).ShouldBe((RunCause.Schedule, newest, RunOutcome.Succeeded));
        var all = await RunsAsync(plan);
        all.Select(r => r.Slot).ShouldBe([newest.AddHours(-2), newest.AddHours(-1), newest], ignoreOrder: true);
        var missed = all.Where(r => r.Outcome == RunOutcome.Missed).ToList();
        (missed.Count, missed[0].Problem!.What.Full,
            missed[0].Cause).ShouldBe((2, "The system's timer did not call.", RunCause.Schedule));
        (await GetAsync(plan)).Timer!.CalledAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_slot_is_given_half_an_hour_and_its_random_delay()
    {
        var plan = await PlanAsync(Hourly, delay: 20);
        await SinceAsync(plan, Newest.AddMinutes(-1));
        var slot = Newest;

        timers.Next(await GetAsync(plan)).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(slot.AddMinutes(50));
        await timers.DecideAsync(await GetAsync(plan), new[] { slot.AddMinutes(49), Now.AddMinutes(10) }.Min(), default);
        (await RunsAsync(plan)).ShouldBeEmpty();
        await timers.DecideAsync(await GetAsync(plan), slot.AddMinutes(51).AddHours(1), default);

        (await RunsAsync(plan)).Select(r => (r.Slot, r.Outcome))
            .ShouldBe([(slot, RunOutcome.Missed), (slot.AddHours(1), RunOutcome.Missed)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_call_during_a_pause_is_skipped_with_the_reason_and_two_calls_are_two_answers()
    {
        var plan = await PlanAsync(Hourly);
        await SinceAsync(plan, Now.AddHours(-1));
        await rig.Get<PlanCatalog>().PauseAsync(plan.Id, Now.AddHours(5), DeskRig.Admin);

        var skipped = await timers.CallAsync(plan.Id, DeskRig.Admin);
        (skipped.Outcome, skipped.Slot, skipped.Problem!.Why.Full).ShouldBe((RunOutcome.Skipped, Newest, "“Papers” is paused."));
        await rig.Get<PlanCatalog>().ResumeAsync(plan.Id, DeskRig.Admin);

        (await rig.EndAsync(await timers.CallAsync(plan.Id, DeskRig.Admin))).Slot.ShouldBeNull(); // the slot has its answer
    }

    [Fact]
    public async Task Only_a_plan_that_the_system_starts_may_be_called_and_its_schedule_must_be_one_the_system_can_keep()
    {
        var plan = await PlanAsync("0 4 15W * *", set: false);
        (await Should.ThrowAsync<ProblemException>(() => timers.CallAsync(plan.Id,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
        (await Should.ThrowAsync<ProblemException>(() => timers.SetAsync(plan.Id, new(TimerKind.Systemd),
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("W");
        (await Should.ThrowAsync<ProblemException>(() => timers.SetAsync(plan.Id, new(TimerKind.Systemd),
            DeskRig.Actor(Role.Auditor)))).Kind.ShouldBe(ProblemKind.Forbidden);

        var other = await PlanAsync("0 4 * * *", name: "Other");
        (await timers.SetAsync(other.Id, new(null), DeskRig.Admin)).Timer.ShouldBeNull();
        timers.Next(other).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_timer_that_rings_at_old_times_is_seen_and_told_once_until_it_is_installed_again()
    {
        var plan = await PlanAsync("0 4 * * *");
        await SayingAsync(null);
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [new("30 20 * * *", "UTC")], null, null, DeskRig.Admin);

        var trouble = await SayingAsync("still rings: every day at 04:00, UTC.");
        (trouble!.Why.Full,
            trouble.Next.Full).ShouldBe(
            ($"“Papers” was changed after it was installed; now it says: every day at 20:30, UTC.",
                $"Run “timelocker timers install {plan.Id}” again there."));
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [], null, null, DeskRig.Admin);
        (await SayingAsync("still rings"))!.Next.Full.ShouldContain("timers remove");
        await rig.Get<PlanCatalog>().ScheduleAsync(plan.Id, [new("30 20 * * *", "UTC")], null, null, DeskRig.Admin);

        await timers.SetAsync(plan.Id, new(TimerKind.Systemd) { Rings = [new("0 4 * * *", "UTC")] }, DeskRig.Admin);
        await SayingAsync("04:00"); // what was written counts, not what the plan says by now
        await timers.SetAsync(plan.Id, new(TimerKind.Systemd), DeskRig.Admin);
        await SayingAsync(null);
    }

    [Fact]
    public async Task The_timer_of_an_archived_plan_is_told_of_and_can_still_be_taken_away()
    {
        var (plan, other) = (await PlanAsync("0 4 * * *"), await PlanAsync("0 5 * * *", name: "Other"));
        await rig.Get<PlanCatalog>().PauseAsync(other.Id, null, DeskRig.Admin);
        await rig.Get<PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        var clock = new FakeClock(Now);
        var watch = new TimerWatch(rig.Get<IDbContextFactory<TimeLockerDb>>(), rig.Get<NewNotices>(), clock);

        var all = await timers.ListAsync();
        all.Select(t => (t.Name, t.Trouble is null, t.Hint is null)).ShouldBe([("Other", true, false), ("Papers", false, true)]);
        all[1].Trouble!.Next.Full.ShouldContain($"timelocker timers remove {plan.Id}");
        await watch.LookAsync(default);
        (await NoticesAsync()).ShouldBeEmpty("whoever archives a plan may be taking its timer away now");
        clock.Advance(TimerWatch.Patience);
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        (await NoticesAsync()).ShouldHaveSingleItem().ShouldBe((plan.Id, "The timer of “Papers” is out of date."));

        (await Should.ThrowAsync<ProblemException>(() => timers.SetAsync(plan.Id, new(TimerKind.Systemd),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
        await timers.SetAsync(plan.Id, new(null), DeskRig.Admin);
        (await timers.ListAsync()).ShouldHaveSingleItem().Name.ShouldBe("Other");
    }

    [Fact]
    public async Task The_schedule_of_TimeLocker_leaves_such_a_plan_alone()
    {
        var plan = await PlanAsync("*/5 * * * *");
        await SinceAsync(plan, Now.AddMinutes(-20));

        await rig.Get<DuePlans>().LookAsync(default);

        (await RunsAsync(plan)).ShouldBeEmpty();
    }

    private async Task<BackupPlan> PlanAsync(string cron, int delay = 0, bool set = true, string name = "Papers")
    {
        var place = await rig.RepositoryAsync(name);
        var plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = name,
                RepositoryId = place.Id,
                Sources = [rig.In("data")],
                Schedules = [new(cron, "UTC") { DelayMinutes = delay }],
            }, DeskRig.Admin);
        return set ? await timers.SetAsync(plan.Id, new(TimerKind.Systemd), DeskRig.Admin) : plan;
    }

    private async Task<Problem?> SayingAsync(string? what)
    {
        var trouble = (await timers.ListAsync()).ShouldHaveSingleItem().Trouble;
        (trouble?.What.Full ?? "").ShouldContain(what ?? "");
        (trouble is null).ShouldBe(what is null);
        return trouble;
    }

    private async Task<List<(Guid? Plan, string Title)>> NoticesAsync()
    {
        await using var db = await rig.DatabaseAsync();
        return [.. (await db.Notices.Where(n => n.Event == NoticeEvent.TimerSilent)
            .ToListAsync()).Select(n => (n.PlanId, n.Title))];
    }

    // As if the timer had been there since then.
    private async Task SinceAsync(BackupPlan plan, DateTimeOffset since)
    {
        await using var db = await rig.DatabaseAsync();
        (await db.Plans.SingleAsync(p => p.Id == plan.Id)).ScheduledUntil = since;
        await db.SaveChangesAsync();
    }

    private Task<BackupPlan> GetAsync(BackupPlan plan) => rig.Get<PlanCatalog>().GetAsync(plan.Id);

    private async Task<List<Run>> RunsAsync(BackupPlan plan)
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Runs.AsNoTracking().Where(r => r.PlanId == plan.Id).ToListAsync();
    }
}
