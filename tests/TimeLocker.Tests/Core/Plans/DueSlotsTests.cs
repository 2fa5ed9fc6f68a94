using System.Globalization;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

/// <summary>What becomes of slots: hours, pauses, lateness. All times are UTC.</summary>
public sealed class DueSlotsTests
{
    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>();
    private static readonly PlanWindows NotInOfficeHours = new([], [new(Week, new(8, 0), new(18, 0))]);
    private static readonly PlanWindows AtNight = new([new(Week, new(20, 0), new(6, 0))], []);

    [Fact]
    public void A_slot_on_time_runs_as_a_schedule_and_one_that_is_late_is_caught_up()
    {
        var rules = Rules("0 * * * *");
        Decide(rules, "11:30", "12:00").Run.ShouldBe(new(At("12:00"), RunCause.Schedule, null));
        Decide(rules, "11:30", "12:04").Run.ShouldBe(new(At("12:00"), RunCause.Schedule, null));
        Decide(rules, "11:30", "12:06").Run.ShouldBe(new(At("12:00"), RunCause.CatchUp, null));
        Decide(rules, "12:00", "12:30").ShouldSatisfyAllConditions(d => d.Run.ShouldBeNull(), d => d.Left.ShouldBeEmpty());
    }

    [Fact]
    public void Of_many_late_slots_the_newest_is_caught_up_and_the_others_were_missed()
    {
        var due = Decide(Rules("0 * * * *"), "08:30", "12:30");
        due.Run.ShouldBe(new(At("12:00"), RunCause.CatchUp, null));
        due.Left.Select(l => (l.At, l.Outcome))
            .ShouldBe([(At("09:00"), RunOutcome.Missed), (At("10:00"), RunOutcome.Missed),
                (At("11:00"), RunOutcome.Missed)]);
    }

    [Fact]
    public void A_slot_during_a_run_is_skipped()
    {
        var due = Decide(Rules("0 * * * *"), "11:30", "12:00", busy: true);
        due.Run.ShouldBeNull();
        due.Left.ShouldHaveSingleItem().ShouldSatisfyAllConditions(l => l.Outcome.ShouldBe(RunOutcome.Skipped),
            l => l.Why.Why.Full.ShouldContain("still at work"));
    }

    [Fact]
    public void A_pause_skips_what_falls_into_it_and_nothing_after_it()
    {
        var rules = Rules("0 * * * *") with { PausedUntil = At("11:30") };
        var due = Decide(rules, "08:30", "12:00");
        due.Run.ShouldBe(new(At("12:00"), RunCause.Schedule, null));
        due.Left.Select(l => l.Outcome).ShouldBe([RunOutcome.Skipped, RunOutcome.Skipped, RunOutcome.Skipped]);
        rules.Upcoming(At("08:30"), 2).ShouldBe([At("12:00"), At("13:00")]);
        (rules with { PausedUntil = DateTimeOffset.MaxValue }).Upcoming(At("08:30"), 2).ShouldBeEmpty();
    }

    [Fact]
    public void A_slot_in_blocked_hours_waits_for_their_end_if_it_is_the_last_one_of_the_day()
    {
        var rules = Rules("0 12 * * *", NotInOfficeHours);
        Decide(rules, "11:30", "12:00").Run.ShouldBe(new(At("12:00"), RunCause.Schedule, At("18:00")));
        rules.Upcoming(At("11:30"), 1).ShouldBe([At("18:00")]);

        var twice = Rules("0 12,15 * * *", NotInOfficeHours);
        Decide(twice, "11:30", "12:00").Left.ShouldHaveSingleItem().Outcome.ShouldBe(RunOutcome.Skipped);
        Decide(twice, "14:30", "15:00").Run.ShouldBe(new(At("15:00"), RunCause.Schedule, At("18:00")));
    }

    [Fact]
    public void A_slot_outside_the_hours_is_skipped_if_another_one_of_the_day_is_within_them()
    {
        var rules = Rules("30 * * * *", AtNight);
        Decide(rules, "19:00", "19:30").Left.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(l => l.Outcome.ShouldBe(RunOutcome.Skipped),
            l => l.Why.Why.Full.ShouldContain("outside the hours"));
        Decide(rules, "20:00", "20:30").Run.ShouldNotBeNull().NotBefore.ShouldBeNull();
        rules.Upcoming(At("05:00"), 2).ShouldBe([At("05:30"), At("20:30")]);
        Rules("0 12 * * *", new([new([DayOfWeek.Saturday], new(1, 0), new(2, 0))], [])).Upcoming(At("00:00"), 3).ShouldBeEmpty();
    }

    [Fact]
    public void A_catch_up_waits_for_the_hours_too_and_is_missed_if_they_are_over()
    {
        Decide(Rules("0 6 * * *", NotInOfficeHours), "05:00",
            "09:00").Run.ShouldBe(new(At("06:00"), RunCause.CatchUp, At("18:00")));
        var closed = Decide(Rules("0 6 * * *", new([new(Week, new(5, 0), new(7, 0))], [])), "05:30", "09:00");
        closed.Run.ShouldBeNull();
        closed.Left.ShouldHaveSingleItem().Outcome.ShouldBe(RunOutcome.Missed);
    }

    [Fact]
    public void A_delay_is_left_out_where_it_would_lead_out_of_the_hours()
    {
        PlanWindows short_ = new([new(Week, new(12, 0), new(12, 1))], []);
        var rules = Rules("0 12 * * *", short_, delay: 720);
        rules.Slots(At("11:00"), At("12:00")).Single().Delay.ShouldBeGreaterThan(TimeSpan.FromMinutes(1));
        Decide(rules, "11:30", "12:00").Run.ShouldNotBeNull().NotBefore.ShouldBeNull();
        Decide(rules with { Hours = PlanWindows.Always }, "11:30",
            "12:00").Run.ShouldNotBeNull().NotBefore.ShouldNotBeNull().ShouldBeGreaterThan(At("12:01"));
    }

    [Fact]
    public void Of_thousands_of_slots_the_last_hundred_are_told_one_by_one_and_all_are_counted()
    {
        var (rules, now) = (Rules("*/5 * * * *"), At("12:02"));
        var since = DueSlots.Since(now.AddYears(-30), now);
        var due = DueSlots.Decide(rules, rules.Slots(since, now), now, false);
        due.Run.ShouldNotBeNull().At.ShouldBe(At("12:00"));
        due.Left.Count.ShouldBe(100);
        due.Left[0].Why.What.Full.ShouldStartWith((366 * 288 - 100).ToString(CultureInfo.InvariantCulture));
        due.Left.Zip(due.Left.Skip(1)).ShouldAllBe(pair => pair.First.At < pair.Second.At);
    }

    [Fact]
    public void Several_schedules_share_one_line_and_the_same_moment_is_one_slot()
    {
        var rules = Rules("0 12 * * *") with
        {
            Schedules = [new("0 12 * * *", "UTC"), new("0,30 12 * * *", "UTC"),
            new("15 14 * * *", "Europe/Berlin")]
        };
        rules.Upcoming(At("11:00"), 4).ShouldBe([At("12:00"), At("12:30"), At("13:15"), At("12:00").AddDays(1)]);
    }

    private static SlotRules Rules(string cron, PlanWindows? hours = null, int delay = 0) =>
        new(new Guid("0199aaaa-0000-7000-8000-000000000001"), [new(cron, "UTC") { DelayMinutes = delay }],
            hours ?? PlanWindows.Always, null, TimeZoneInfo.Utc);

    private static DueSlots Decide(SlotRules rules, string after, string now, bool busy = false) =>
        DueSlots.Decide(rules, rules.Slots(At(after), At(now)), At(now), busy);

    // A Sunday in winter: 14:15 in Berlin is 13:15.
    private static DateTimeOffset At(string time) =>
        new(new DateOnly(2026, 3, 1), TimeOnly.Parse(time, CultureInfo.InvariantCulture), TimeSpan.Zero);
}
