using Shouldly;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

/// <summary>
/// The backups of a year, with hours, closed hours, pauses and delays, against a look at every minute that knows
/// nothing of the product.
/// </summary>
public sealed class BeginsTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 23, 9, 17, 0, TimeSpan.Zero), Until = From.AddDays(366);
    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>(),
        Weekdays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    // The hours once as the product has them, and once in other words.
    private static readonly (PlanWindows Windows, Func<DateTime, bool> Open)[] Hours =
    [
        (PlanWindows.Always, _ => true),
        (new([new(Weekdays, new(20, 0), new(23, 30))], []),
            t => t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && t.Hour * 60 + t.Minute is >= 1200
                and < 1410),
        (new([], [new(Week, new(8, 0), new(18, 0))]), t => t.Hour is < 8 or >= 18),
        (new([new(Week, new(6, 0), new(22, 0))], [new([DayOfWeek.Wednesday], new(11, 0), new(15, 0))]),
            t => t.Hour is >= 6 and < 22 && !(t.DayOfWeek == DayOfWeek.Wednesday && t.Hour is >= 11 and < 15)),
    ];

    [Theory]
    [InlineData("Europe/Berlin", "0 12 * * *", 0, 0)]
    [InlineData("Europe/Berlin", "30 2 * * *", 2, 0)]
    [InlineData("UTC", "0 */3 * * *", 1, 0)]
    [InlineData("America/New_York", "15 7-19 * * *", 2, 40)]
    [InlineData("Europe/Berlin", "5 4 * * *", 3, 90)]
    [InlineData("Australia/Lord_Howe", "*/30 * * * *", 3, 10)]
    public void Are_those_that_a_look_at_every_minute_finds(string zone, string cron, int hours, int delay)
    {
        var here = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var schedule = new Schedule(cron, zone) { DelayMinutes = delay };
        foreach (var paused in (DateTimeOffset?[])[null, From.AddDays(40).AddHours(3)])
        {
            var rules = new SlotRules(Guid.Parse("5f0f2b58-6d2c-4a2b-9d34-0f4b6c8f3a11"), [schedule],
                Hours[hours].Windows, paused, here);
            var expected = Expected(rules, schedule, Hours[hours].Open, new BruteForce(here, From, Until)).ToList();

            rules.Begins(From, Until).ShouldBe(expected);
            expected.Count.ShouldBeGreaterThan(100);
        }
    }

    [Fact]
    public void Of_a_plan_that_somebody_has_to_resume_there_are_none() =>
        new SlotRules(Guid.Empty, [new("0 * * * *", "UTC")], PlanWindows.Always, DateTimeOffset.MaxValue,
            TimeZoneInfo.Utc).Begins(From, Until).ShouldBeEmpty();

    private static IEnumerable<DateTimeOffset> Expected(SlotRules rules, Schedule schedule, Func<DateTime, bool> open,
        BruteForce brute)
    {
        bool IsOpen(DateTimeOffset at) => open((at + brute.OffsetAt(at)).UtcDateTime);
        DateTime Day(DateTimeOffset at) => (at + brute.OffsetAt(at)).UtcDateTime.Date;
        var slots = brute.Slots(schedule.Cron, From, Until).Select(s => s.At).ToList();
        var begins = new List<DateTimeOffset>();
        foreach (var slot in slots.Where(s => rules.PausedUntil is not { } end || s >= end))
        {
            var begin = slot;
            while (!IsOpen(begin) && Day(begin) == Day(slot))
            {
                begin = begin.AddMinutes(1);
            }

            if (Day(begin) == Day(slot)
                && (begin == slot || !slots.Any(s => s > slot && Day(s) == Day(slot) && (s <= begin || IsOpen(s)))))
            {
                var late = begin + schedule.Delay(rules.Owner, slot);
                begins.Add(IsOpen(late) ? late : begin);
            }
        }

        return begins.Where(b => b <= Until).Order();
    }
}
