using Shouldly;
using TimeLocker.Core.Notices;
using Xunit;

namespace TimeLocker.Tests.Core.Notices;

public sealed class DigestTimesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeOnly Seven = new(7, 0);

    [Fact]
    public void A_daily_digest_is_due_at_its_hour_in_the_servers_zone()
    {
        var before = At("2026-11-23T05:59:59Z");
        var after = At("2026-11-23T06:00:00Z");

        DigestTimes.Last(DigestRhythm.Daily, Seven, Berlin, before).ShouldBe(At("2026-11-22T06:00Z"));
        DigestTimes.Last(DigestRhythm.Daily, Seven, Berlin, after).ShouldBe(after);
        DigestTimes.Next(DigestRhythm.Daily, Seven, Berlin, after).ShouldBe(At("2026-11-24T06:00Z"));
        DigestTimes.Key(DigestRhythm.Daily, after, Berlin).ShouldBe("digest:daily:2026-11-23");
    }

    [Fact]
    public void A_weekly_digest_is_due_on_Mondays()
    {
        var now = At("2026-11-27T12:00Z");

        DigestTimes.Last(DigestRhythm.Weekly, Seven, Berlin, now).ShouldBe(At("2026-11-23T06:00Z"));
        DigestTimes.Next(DigestRhythm.Weekly, Seven, Berlin, now).ShouldBe(At("2026-11-30T06:00Z"));
        DigestTimes.Key(DigestRhythm.Weekly, At("2026-11-23T06:00Z"), Berlin).ShouldBe("digest:weekly:2026-W48");
    }

    [Fact]
    public void An_hour_that_a_day_does_not_have_comes_when_the_day_goes_on() =>
        DigestTimes.Next(DigestRhythm.Daily, new(2, 30), Berlin, At("2026-03-28T12:00Z")).ShouldBe(At("2026-03-29T01:00Z"));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
