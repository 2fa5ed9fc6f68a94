using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Notices;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

public sealed class QuietHoursRulesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>();
    private static readonly TimeWindow Night = new(Week, new(22, 0), new(7, 0));

    [Theory]
    [InlineData("2026-06-10T12:00:00Z", null)]
    [InlineData("2026-06-10T20:00:00Z", "2026-06-11T05:00:00Z")] // 22:00 is quiet, 07:00 is not
    [InlineData("2026-06-10T04:59:30Z", "2026-06-10T05:00:00Z")]
    [InlineData("2026-06-10T05:00:00Z", null)]
    [InlineData("2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z")] // the night that is an hour short
    [InlineData("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z")] // and the one that is an hour long
    public void The_night_ends_at_seven_by_the_clock_on_the_wall(string now, string? end) =>
        QuietHoursRules.End([Night], Utc(now), Berlin).ShouldBe(end is null ? null : Utc(end));

    [Fact]
    public void Hours_that_follow_each_other_are_one() =>
        QuietHoursRules.End([Night, new(Week, new(7, 0), new(9, 30))], Utc("2026-06-10T21:00:00Z"), Berlin)
            .ShouldBe(Utc("2026-06-11T07:30:00Z"));

    [Fact]
    public void Hours_without_an_end_or_a_day_are_refused()
    {
        Should.Throw<ProblemException>(() =>
            QuietHoursRules.Checked([new(Week, new(8, 0), new(8, 0))])).Problem.Why.Full.ShouldContain("never end");
        Should.Throw<ProblemException>(() =>
            QuietHoursRules.Checked([new([], new(8, 0), new(9, 0))])).Problem.Why.Full.ShouldContain("no weekday");
        QuietHoursRules.Checked([Night]).ShouldHaveSingleItem();
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
