using Shouldly;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Retention;
using Xunit;

namespace TimeLocker.Tests.Server.Retention;

/// <summary>People read what a policy means, and why restic keeps a snapshot, in whole sentences.</summary>
public sealed class PolicyTextTests
{
    public static TheoryData<RetentionPolicy?, string> Policies => new()
    {
        { null, "Everything stays." },
        { new(), "Nothing stays." },
        { new() { KeepLast = 1 }, "Keeps the last one." },
        { new() { KeepLast = 3, KeepDaily = 7, KeepWeekly = 4 },
            "Keeps the last 3, one a day for 7 days, one a week for 4 weeks." },
        { new() { KeepHourly = 1 }, "Keeps one of the last hour." },
        { new() { KeepHourly = 24, KeepYearly = 2 }, "Keeps one an hour for 24 hours, one a year for 2 years." },
        { new() { KeepWithin = "2d", KeepMonthly = 12 }, "Keeps all of the last 2 days, one a month for 12 months." },
        { new() { KeepWithinHourly = "2d", KeepWithinDaily = "1y" },
            "Keeps one an hour of the last 2 days, one a day of the last year." },
        { new() { KeepWithin = "1y2m", KeepTags = ["a", "b"] },
            "Keeps all of the last 1 year 2 months, whatever is tagged a or b." },
    };

    [Theory, MemberData(nameof(Policies))]
    public void A_policy_is_said_in_a_sentence(RetentionPolicy? policy, string said) => PolicyText.Of(policy).Full.ShouldBe(said);

    [Theory]
    [InlineData("daily snapshot", "daily snapshot")]
    [InlineData("within 7d", "of the last 7 days")]
    [InlineData("within 1y2m3d4h", "of the last 1 year 2 months 3 days 4 hours")]
    [InlineData("within 1m", "of the last month")]
    [InlineData("hourly within 2d", "hourly, of the last 2 days")]
    [InlineData("has tags [a, b]", "tagged a, b")]
    [InlineData("something new", "something new")]
    public void A_reason_of_restic_is_said_so_that_people_understand_it(string reason, string said) =>
        PolicyText.Reason(reason).Full.ShouldBe(said);
}
