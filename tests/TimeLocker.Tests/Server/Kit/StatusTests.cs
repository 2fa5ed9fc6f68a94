using Bunit;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

public class StatusTests : PageContext
{
    [Fact]
    public void Every_status_word_has_its_own_shape_and_text()
    {
        var looks = Enum.GetValues<StatusKind>().Select(StatusText.Of).ToList();

        looks.Select(l => l.Icon).ShouldBeUnique();
        looks.Select(l => l.Text).ShouldBeUnique();
    }

    [Fact]
    public void A_badge_says_its_word_beside_a_picture_that_is_hidden_from_screen_readers()
    {
        var badge = Render<StatusBadge>(p => p.Add(c => c.Kind, StatusKind.Failed));

        badge.Find(".badge.failed").TextContent.Trim().ShouldBe("Failed");
        badge.Find("svg").GetAttribute("aria-hidden").ShouldBe("true");
    }

    [Fact]
    public void A_plan_that_never_ran_is_not_green() => StatusText.Of(RunStatus.Of((RunOutcome?)null)).Css.ShouldNotBe("safe");

    [Fact]
    public void A_strip_has_thirty_days_and_the_worst_outcome_of_each()
    {
        var today = DateOnly.FromDateTime(Noon.DateTime);
        var strip = Render<DayHistory>(p => p.Add(c => c.Of,
        [
            new PlanDay { PlanId = Guid.Empty, Day = today, Runs = 2, Failed = 1, Warned = 1 },
            new PlanDay { PlanId = Guid.Empty, Day = today.AddDays(-1), Runs = 1, Warned = 1 },
            new PlanDay { PlanId = Guid.Empty, Day = today.AddDays(-29), Runs = 1 },
            new PlanDay { PlanId = Guid.Empty, Day = today.AddDays(-30), Runs = 1 },
        ]));

        var bars = strip.FindAll("rect");
        bars.Count.ShouldBe(30);
        bars[29].ClassName.ShouldBe("bad");
        bars[28].ClassName.ShouldBe("warn");
        bars[0].ClassName.ShouldBe("ok");
        bars.Count(b => b.ClassName is "ok").ShouldBe(1);
        strip.Find("svg").GetAttribute("aria-label")!.ShouldContain("1 with failures");
    }
}
