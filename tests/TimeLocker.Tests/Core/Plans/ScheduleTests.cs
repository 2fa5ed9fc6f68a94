using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

/// <summary>Slots over forty zones and ten years, held against a brute force that shares no code with them.</summary>
public sealed class ScheduleTests
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Until = new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Gaps and overlaps of an hour and of half an hour, at midnight and at night, in spring and in autumn, by Ramadan,
    // or none at all; odd offsets.
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Athens", "Europe/Chisinau", "Europe/Moscow",
            "Europe/Istanbul", "America/New_York", "America/Chicago",
        "America/Denver", "America/Los_Angeles", "America/Anchorage", "America/Adak", "America/St_Johns",
            "America/Halifax", "America/Havana", "America/Santiago", "America/Asuncion", "America/Sao_Paulo",
        "America/Nuuk", "America/Scoresbysund", "Atlantic/Azores", "Africa/Casablanca", "Africa/Cairo", "Africa/Lagos",
            "Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza", "Asia/Tehran",
        "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe",
            "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Antarctica/Troll",
    ];

    // At night, where clocks jump; often; rarely; and lists and ranges that begin or end in a gap.
    private static readonly string[] Crons = ["30 20 * * *", "30 2 * * *", "0 0 * * *", "*/30 1-3 * * *",
        "15 0,1,2,3 * * 0", "45 * * * *", "5 3 31 * *", "0 2 29 2 *", "20 0-4/2 * 3,4,9-11 *"];

    public static TheoryData<string> EveryZone => [.. Zones];

    [Fact]
    public void Without_time_zone_data_nobody_is_told_to_write_a_zone_that_is_not_there()
    {
        ScheduleRules.UnknownZone("Europe/Berlin", data: false).Problem.Next.Full.ShouldContain("tzdata");
        ScheduleRules.UnknownZone("Europe/Berlin", data: true).Problem.Next.Full.ShouldContain("Europe/Berlin");
    }

    [Fact]
    public void There_are_forty_zones() =>
        Zones.Distinct().Count(z => TimeZoneInfo.TryFindSystemTimeZoneById(z, out _)).ShouldBe(40);

    [Theory]
    [MemberData(nameof(EveryZone))]
    public void In_ten_years_of_a_zone_each_time_comes_once_and_none_is_lost(string zone)
    {
        var truth = new BruteForce(TimeZoneInfo.FindSystemTimeZoneById(zone), From, Until);
        foreach (var cron in Crons)
        {
            var expected = truth.Slots(cron, From, Until).Select(s => s.At).ToList();
            var slots = new Schedule(cron, zone).Slots(From, Until).ToList();

            slots.ShouldBe(expected, $"{cron} in {zone}");
            slots.Zip(slots.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
        }
    }

    [Fact]
    public void The_brute_force_sees_gaps_and_overlaps()
    {
        var berlin = new BruteForce(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), From, Until);
        berlin.Slots("30 2 * * *", From, Until).Count(s => s.InGap).ShouldBe(10);
        var slots = berlin.Slots("*/30 1-3 * * *", From, From.AddYears(1)).Select(s => s.At + berlin.OffsetAt(s.At)).ToList();
        slots.Count.ShouldBe(365 * 6 - 2); // in spring 2:00 and 2:30 are one with 3:00
    }

    [Fact]
    public void A_zone_is_kept_as_it_is_spelled_everywhere_and_one_that_is_gone_stops_nothing()
    {
        TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        ScheduleRules.Checked(new("0 1 * * *", "europe/berlin")).Zone.ShouldBe("Europe/Berlin");
        new Schedule("0 1 * * *", "Mars/Olympus").Slots(From, From.AddDays(1)).ShouldBe([From.AddHours(1)]);
    }

    [Fact]
    public void Hours_that_never_come_and_endless_lines_are_refused()
    {
        DayOfWeek[] week = Enum.GetValues<DayOfWeek>();
        Should.Throw<ProblemException>(() => ScheduleRules.Windows(new([],
            [new(week, new(8, 0), new(8, 0))]))).Kind.ShouldBe(ProblemKind.Invalid);
        Should.Throw<ProblemException>(() => ScheduleRules.Windows(new([new([DayOfWeek.Monday], new(8, 0), new(9, 0))],
            [new(week, new(7, 0), new(9, 30))]))).Kind.ShouldBe(ProblemKind.Invalid);
        ScheduleRules.Windows(new([new([DayOfWeek.Monday], new(8, 0), new(9, 0))],
            [new(week, new(7, 0), new(8, 59))])).Allowed.Count.ShouldBe(1);
        Should.Throw<ProblemException>(() =>
            ScheduleRules.Checked(new($"{string.Join(',', Enumerable.Repeat("0", 200))} 1 * * *",
                "UTC"))).Kind.ShouldBe(ProblemKind.Invalid);
    }

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z")] // 2:30 does not exist: at 3:00
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z")] // 2:30 comes twice: the first
    [InlineData("30 2 * * *", "2026-10-25T00:30Z", "2026-10-26T01:30Z")] // and not again
    [InlineData("0 * * * *", "2026-10-25T00:00Z", "2026-10-25T02:00Z")] // 2:00 was; the second 2:00 is left out
    public void A_clock_change_in_Berlin(string cron, string after, string next) =>
        new Schedule(cron, "Europe/Berlin").Slots(Parse(after), Parse(after).AddDays(3)).First().ShouldBe(Parse(next));

    [Fact]
    public void A_look_at_any_moment_of_a_clock_change_finds_the_same_slots()
    {
        var schedule = new Schedule("*/15 * * * *", "Europe/Berlin");
        foreach (var noon in (string[])["2026-03-28T12:00Z", "2026-10-24T12:00Z"])
        {
            var all = schedule.Slots(Parse(noon), Parse(noon).AddDays(1)).ToList();
            for (var minute = 0; minute < 24 * 60; minute += 5)
            {
                schedule.Slots(Parse(noon).AddMinutes(minute), Parse(noon).AddDays(1))
                    .ShouldBe(all.Where(s => s > Parse(noon).AddMinutes(minute)));
            }
        }
    }

    [Fact]
    public void A_delay_is_chance_but_always_the_same()
    {
        var schedule = new Schedule("0 * * * *", "UTC") { DelayMinutes = 30 };
        var (plan, other) = (Guid.NewGuid(), Guid.NewGuid());
        var delays = schedule.Slots(From, From.AddDays(20)).Select(s => schedule.Delay(plan, s)).ToList();
        delays.ShouldAllBe(d => d >= TimeSpan.Zero && d < TimeSpan.FromMinutes(30));
        delays.Distinct().Count().ShouldBeGreaterThan(200);
        delays.Average(d => d.TotalMinutes).ShouldBeInRange(12, 18);
        schedule.Slots(From, From.AddDays(20)).Select(s => schedule.Delay(plan, s)).ShouldBe(delays);
        schedule.Slots(From, From.AddDays(20)).Select(s => schedule.Delay(other, s)).ShouldNotBe(delays);
        (schedule with { DelayMinutes = 0 }).Delay(plan, From).ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("*/4 * * * *")]
    [InlineData("0,3 12 1 1 *")]
    [InlineData("0,58 * * * *")]
    [InlineData("0,57 0,23 * * *")]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 25 * * *")]
    [InlineData("0 12 * *")]
    [InlineData("0 0 12 * * *")]
    [InlineData("@daily")]
    [InlineData("")]
    [InlineData("sometimes at noon or so")]
    [InlineData("H 3 * * *")]
    [InlineData("H(0-30) 3 * * *")]
    [InlineData("0 H/2 * * *")]
    [InlineData("0 3 H * *")]
    [InlineData("0 3 * H H(1-5)")]
    [InlineData("\ufeff0 3 * * *")]
    [InlineData("0 3 * * \ud800")]
    [InlineData("0 3 * * \0")]
    [InlineData("-1 99999999999 * * *")]
    [InlineData("{0} %n [ ' <b>")]
    public void A_schedule_that_is_none_or_comes_too_often_is_refused(string cron) =>
        Refused(() => ScheduleRules.Checked(new(cron, "UTC")));

    [Fact]
    public void Zones_delays_hours_and_ages_have_their_limits()
    {
        Refused(() => ScheduleRules.Checked(new("0 12 * * *", "Europe/Nowhere")));
        Refused(() => ScheduleRules.Checked(new("0 12 * * *", "")));
        Refused(() => ScheduleRules.Checked(new("0 12 * * *", "../etc/passwd")));
        Refused(() => ScheduleRules.Checked(new("0 12 * * *", "UTC") { DelayMinutes = 721 }));
        Refused(() => ScheduleRules.Checked(new("0 12 * * *", "UTC") { DelayMinutes = -1 }));
        Refused(() => ScheduleRules.Schedules(Enumerable.Range(0, 21).Select(n => new Schedule($"{n} 12 * * *", "UTC"))));
        Refused(() => ScheduleRules.Windows(new([new([], new(8, 0), new(9, 0))], [])));
        Refused(() => ScheduleRules.Target(0));
        Refused(() => ScheduleRules.Target(8761));
        ScheduleRules.Target(8760).ShouldBe(8760);
        ScheduleRules.Schedules([new(" 30  20 * * * ", "Europe/Berlin"), new("30 20 * * *", "Europe/Berlin")])
            .ShouldBe([new("30 20 * * *", "Europe/Berlin")]);
        ScheduleRules.Checked(new("*/5 * * * *", "UTC") { DelayMinutes = 720 }).DelayMinutes.ShouldBe(720);
        ScheduleRules.Checked(new("0 12 L * *", "UTC"));
    }

    [Theory]
    [InlineData("0 * * * *", "Every hour")]
    [InlineData("7 * * * *", "Every hour at 7 past")]
    [InlineData("30 20 * * *", "Every day at 20:30")]
    [InlineData("30 20 * * MON-FRI", "Every weekday at 20:30")]
    [InlineData("5 6 * * SUN", "Every Sunday at 06:05")]
    [InlineData("0 12 * * MON,WED,SAT", "Every Monday, Wednesday and Saturday at 12:00")]
    [InlineData("0 3 15 * *", "On day 15 of every month at 03:00")]
    [InlineData("0 3 L * *", "On the last day of every month at 03:00")]
    public void A_preset_says_a_cron_line_and_becomes_it_again(string cron, string words)
    {
        var preset = SchedulePreset.Of(cron).ShouldNotBeNull();
        (preset.Cron, preset.Words.Full).ShouldBe((cron, words));
    }

    [Theory]
    [InlineData("*/15 * * * *")]
    [InlineData("0 8,20 * * *")]
    [InlineData("0 8 * 3 *")]
    [InlineData("0 8 1 * MON")]
    [InlineData("0 8 * * MON#2")]
    public void What_no_preset_says_stays_cron(string cron) => SchedulePreset.Of(cron).ShouldBeNull();

    [Fact]
    public void A_schedule_is_a_sentence()
    {
        SchedulePreset.Say(new("30 20 * * 1-5", "Europe/Berlin")).Full.ShouldBe("Every weekday at 20:30, Berlin time");
        SchedulePreset.Say(new("30 20 * * *", "America/New_York")).Full.ShouldBe("Every day at 20:30, New York time");
        SchedulePreset.Say(new("*/15 * * * *", "UTC")).Full.ShouldBe("By “*/15 * * * *”, UTC");
    }

    private static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static void Refused(Func<object?> given) =>
        Should.Throw<ProblemException>(() => { given(); }).Kind.ShouldBe(ProblemKind.Invalid);
}
