using Shouldly;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

public sealed class ScheduleDraftTests
{
    private static readonly Schedule Berlin = new("30 20 * * *", "Europe/Berlin"),
        York = new("0 12 * * *", "America/New_York") { DelayMinutes = 30 };

    [Fact]
    public void Schedules_with_zones_of_their_own_are_shown_and_kept_so()
    {
        var draft = ScheduleDraft.Of([Berlin, York], PlanWindows.Always, null, "UTC");

        draft.Apart.ShouldBeTrue();
        draft.Schedules.ShouldBe([Berlin, York]);
        ScheduleDraft.Of([Berlin, Berlin with { Cron = "0 8 * * *" }], PlanWindows.Always, null, "UTC").Apart.ShouldBeFalse();
    }

    [Fact]
    public void Who_wants_one_zone_for_all_gets_that_of_the_first()
    {
        var draft = ScheduleDraft.Of([Berlin, York], PlanWindows.Always, null, "UTC");

        draft.Apart = false;

        draft.Schedules.ShouldBe([Berlin, York with { Zone = "Europe/Berlin", DelayMinutes = 0 }]);
    }
}
