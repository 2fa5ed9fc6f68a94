using Shouldly;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

public sealed class TimerTroubleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Early = new("0 4 * * *", "UTC"),
        Late = new("30 20 * * MON-FRI", "Europe/Berlin") { DelayMinutes = 10 };

    [Fact]
    public void The_order_of_its_times_means_nothing_and_a_timer_that_nobody_knows_is_not_accused()
    {
        TimerTrouble.Of(Plan(TimerKind.Systemd, rings: [Late, Early])).ShouldBeNull();
        TimerTrouble.Of(Plan(TimerKind.Systemd, rings: [])).ShouldBeNull();
        TimerTrouble.Of(new()
        {
            Id = Guid.Empty,
            Name = "x",
            MachineId = Guid.Empty,
            RepositoryId = Guid.Empty,
            Sources = [],
            CreatedAt = Now,
        }).ShouldBeNull("TimeLocker starts it itself");
    }

    [Fact]
    public void Another_time_zone_or_delay_is_another_time_and_the_command_is_of_the_same_kind()
    {
        var plan = Plan(TimerKind.Cron, rings: [Early, Late with { DelayMinutes = 0 }]);
        TimerTrouble.Of(plan)!.ShouldSatisfyAllConditions(
            t => t.What.Full.ShouldBe(
                "The timer on this machine still rings: every day at 04:00, UTC; every weekday at 20:30, Berlin time."),
            t => t.Why.Full.ShouldEndWith("every day at 04:00, UTC; every weekday at 20:30, Berlin time, up to 10 min later."),
            t => t.Next.Full.ShouldContain($"timelocker timers install {plan.Id} --kind cron"));
        TimerTrouble.Of(Plan(TimerKind.Systemd, rings: [Early, Late with { Zone = "UTC" }],
            system: true))!.Next.Full.ShouldContain(" --system");
    }

    private static BackupPlan Plan(TimerKind kind, Schedule[] rings, bool system = false) => new()
    {
        Id = Guid.NewGuid(),
        Name = "Papers",
        MachineId = Guid.NewGuid(),
        RepositoryId = Guid.NewGuid(),
        Sources = [],
        CreatedAt = Now,
        Schedules = [Early, Late],
        Timer = new(kind, system, Now) { Rings = rings },
    };
}
