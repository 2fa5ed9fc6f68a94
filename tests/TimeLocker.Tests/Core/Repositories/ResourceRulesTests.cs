using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Core.Repositories;

public sealed class ResourceRulesTests
{
    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>();
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    /// <summary>Zones on both sides of the world, with and without summer time, and with offsets of quarters of an hour.</summary>
    public static TheoryData<string> Zones =>
    [
        "UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Dublin", "Europe/Helsinki", "Europe/Moscow",
            "Europe/Istanbul", "Atlantic/Azores", "Atlantic/Reykjavik",
        "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
            "America/Anchorage", "America/St_Johns", "America/Halifax", "America/Havana", "America/Asuncion",
        "America/Santiago", "America/Sao_Paulo", "America/Caracas", "Pacific/Honolulu", "Pacific/Auckland",
            "Pacific/Chatham", "Pacific/Easter", "Pacific/Kiritimati", "Australia/Sydney", "Australia/Adelaide",
        "Australia/Lord_Howe", "Australia/Brisbane", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran",
            "Asia/Beirut", "Asia/Jerusalem", "Africa/Casablanca", "Africa/Cairo",
    ];

    private static LimitWindow Window(string from, string to, int upload, params DayOfWeek[] days) =>
        new(days.Length == 0 ? Week : days, TimeOnly.Parse(from, null), TimeOnly.Parse(to, null), upload, 0);

    private static DateTimeOffset Utc(string at) =>
        DateTimeOffset.Parse(at + "Z", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Office_hours_have_their_own_limit_and_the_night_goes_beyond_midnight()
    {
        var rules = new ResourceRules
        {
            Upload = 500,
            Windows = [Window("08:00", "18:00", 100, DayOfWeek.Monday), Window("22:00", "06:00", 0, DayOfWeek.Monday)],
        };

        (string At, int Upload)[] expected = [("2026-11-23 06:59", 500), ("2026-11-23 07:00", 100),
            ("2026-11-23 16:59:59", 100), ("2026-11-23 17:00", 500), ("2026-11-23 21:00", 0), ("2026-11-24 04:59", 0),
                ("2026-11-24 05:00", 500), ("2026-11-24 21:00", 500)];
        foreach (var (at, upload) in expected)
        {
            rules.At(Utc(at), Berlin).Upload.ShouldBe(upload, at);
        }

        rules.NextChange(Utc("2026-11-23 00:00"), Berlin).ShouldBe(Utc("2026-11-23 07:00"));
        rules.NextChange(Utc("2026-11-24 05:00"), Berlin).ShouldBe(Utc("2026-11-30 07:00"));
    }

    [Fact]
    public void The_first_line_that_fits_counts_and_the_same_time_twice_is_a_whole_day()
    {
        var rules = new ResourceRules { Windows = [Window("12:00", "13:00", 1), Window("00:00", "00:00", 2, DayOfWeek.Sunday)] };

        rules.At(Utc("2026-11-22 11:30"), Berlin).Upload.ShouldBe(1);
        rules.At(Utc("2026-11-22 22:30"), Berlin).Upload.ShouldBe(2);
        rules.At(Utc("2026-11-22 23:00"), Berlin).Upload.ShouldBe(0);
        new ResourceRules { Upload = 7 }.NextChange(Utc("2026-11-22 11:30"), Berlin).ShouldBeNull();
        new ResourceRules { Upload = 7, Windows = [Window("01:00", "02:00", 7)] }.NextChange(Utc("2026-11-22 11:30"),
            Berlin).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void The_next_change_is_the_first_minute_with_other_limits_also_when_clocks_are_put_forward_or_back(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var rules = new ResourceRules
        {
            Upload = 9,
            Windows = [Window("01:30", "02:15", 1), Window("02:15", "02:45", 2), Window("23:30", "00:30", 3),
                Window("00:30", "01:00", 4, DayOfWeek.Sunday, DayOfWeek.Friday)],
        };
        foreach (var start in Transitions(zone).Append(Utc("2026-06-10 00:00")))
        {
            var from = start - TimeSpan.FromHours(26);
            var next = rules.NextChange(from, zone);
            for (var minute = 1; minute < 52 * 60; minute++)
            {
                var at = from.AddMinutes(minute);
                var changed = rules.At(at, zone) != rules.At(at.AddMinutes(-1), zone);
                changed.ShouldBe(at == next, $"{at:u} in {zoneId}");
                next = changed ? rules.NextChange(at, zone) : next;
            }
        }
    }

    [Fact]
    public void Of_a_plan_and_its_repository_the_stricter_value_counts_at_every_minute_of_a_week()
    {
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var (a, b) = (Any(random), Any(random));
            var both = ResourceRules.Stricter(a, b).Checked();
            for (var at = Utc("2026-03-23 00:07"); at < Utc("2026-03-31 00:00"); at = at.AddMinutes(11))
            {
                both.At(at, Berlin).ShouldBe(Limits.Stricter(a.At(at, Berlin), b.At(at, Berlin)), $"{at:u} in round {round}");
            }
        }
    }

    [Fact]
    public void Of_two_priorities_the_lower_counts_and_of_two_numbers_the_smaller_that_is_set()
    {
        var both = ResourceRules.Stricter(new() { Priority = Priority.Low, PackSize = 64, Processors = 2 },
            new() { Priority = Priority.Idle, ReadConcurrency = 3, Processors = 1, Upload = 5 });

        (both.Priority, both.PackSize, both.ReadConcurrency, both.Processors, both.Upload,
            both.Windows.Count).ShouldBe((Priority.Idle, 64, 3, 1, 5, 0));
    }

    [Fact]
    public void Rules_that_make_no_sense_are_refused_with_the_reason()
    {
        Should.Throw<ProblemException>(() => new ResourceRules { Upload = -1 }.Checked());
        Should.Throw<ProblemException>(() =>
            new ResourceRules { PackSize = 3 }.Checked()).Problem.Why.Full.ShouldContain("4 to 128");
        Should.Throw<ProblemException>(() => new ResourceRules { ReadConcurrency = 65 }.Checked());
        Should.Throw<ProblemException>(() =>
            new ResourceRules
            {
                Windows = [new([], default, default, 0,
                0)]
            }.Checked()).Problem.What.Full.ShouldContain("no day");
        new ResourceRules { PackSize = 128, Windows = [Window("08:00", "18:00", 100)] }.Checked().PackSize.ShouldBe(128);
    }

    private static ResourceRules Any(Random random) => new()
    {
        Upload = random.Next(3),
        Download = random.Next(3),
        Windows = [.. Enumerable.Range(0, random.Next(4))
            .Select(_ => new LimitWindow([.. Week.Where(_ => random.Next(2) == 0).DefaultIfEmpty(DayOfWeek.Friday)],
            new TimeOnly(random.Next(24), random.Next(60)), new TimeOnly(random.Next(24), random.Next(60)),
            random.Next(4), random.Next(4)))],
    };

    private static IEnumerable<DateTimeOffset> Transitions(TimeZoneInfo zone)
    {
        for (var at = Utc("2026-01-01 00:00"); at < Utc("2027-01-01 00:00"); at = at.AddHours(6))
        {
            if (zone.GetUtcOffset(at) != zone.GetUtcOffset(at.AddHours(6)))
            {
                yield return at;
            }
        }
    }
}
