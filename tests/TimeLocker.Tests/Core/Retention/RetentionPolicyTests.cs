using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using Xunit;

namespace TimeLocker.Tests.Core.Retention;

public sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_policy_that_keeps_nothing_is_refused()
    {
        Refused(new()).Problem.What.Full.ShouldContain("keeps nothing");
        Refused(new() { KeepWithin = "0d", PendingDays = 30 }).Problem.What.Full.ShouldContain("keeps nothing");
        Refused(new() { KeepTags = [" "] }).Problem.What.Full.ShouldContain("keeps nothing");
    }

    [Theory]
    [InlineData("1w")]
    [InlineData("-1d")]
    [InlineData("1 d")]
    [InlineData("12")]
    [InlineData("d")]
    [InlineData("99999d")]
    public void Lengths_of_time_are_written_as_restic_reads_them(string wrong) =>
        Refused(new() { KeepWithin = wrong }).Problem.What.Full.ShouldContain(wrong);

    [Fact]
    public void Numbers_have_bounds_and_texts_are_cleaned()
    {
        Refused(new() { KeepDaily = 10000 });
        Refused(new() { KeepDaily = -1 });
        Refused(new() { KeepDaily = 1, PendingDays = 366 });
        Refused(new() { KeepTags = ["tlrun:x"] });
        var clean = new RetentionPolicy { KeepWithin = " 12h1y ", KeepTags = ["web", "web"] }.Checked();
        (clean.KeepWithin, string.Join(' ', clean.KeepTags)).ShouldBe(("1y12h", "web"));
    }

    [Theory]
    [InlineData("1m", "2026-03-31T10:00Z", "2026-03-03T10:00Z")] // February has no 31st: it runs over, as in Go
    [InlineData("1y", "2024-02-29T10:00Z", "2023-03-01T10:00Z")]
    [InlineData("1y2m3d4h", "2026-11-23T02:00Z", "2025-09-19T22:00Z")]
    public void A_length_of_time_is_counted_back_as_restic_does(string span, string from, string to) =>
        KeepWithin.Read(span)!.Value.Before(DateTimeOffset.Parse(from,
            System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(DateTimeOffset.Parse(to, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void It_is_known_whether_a_policy_keeps_less()
    {
        var before = new RetentionPolicy { KeepDaily = 7, KeepWithin = "1m", KeepTags = ["web"] };
        before.KeepsLessThan(before with { }).ShouldBeFalse();
        (before with
        {
            KeepDaily = 8,
            KeepWithin = "40d",
            KeepTags = ["web", "db"],
            KeepYearly = 1,
            PendingDays = 8,
        }).KeepsLessThan(before).ShouldBeFalse();
        (before with { KeepDaily = 6, KeepYearly = 9999 }).KeepsLessThan(before).ShouldBeTrue();
        (before with { KeepWithin = "20d" }).KeepsLessThan(before).ShouldBeTrue();
        (before with { KeepWithin = "" }).KeepsLessThan(before).ShouldBeTrue();
        (before with { KeepTags = [] }).KeepsLessThan(before).ShouldBeTrue();
        (before with { PendingDays = 6 }).KeepsLessThan(before).ShouldBeTrue();
        before.KeepsLessThan(null).ShouldBeTrue("without a policy everything stayed");
    }

    [Fact]
    public void The_templates_can_be_used_as_they_are() =>
        PolicyTemplate.All.Where(t => t.Policy.Checked().KeepsLessThan(t.Policy)
            || t.Policy.KeepsLessThan(t.Policy.Checked())).ShouldBeEmpty();

    [Fact]
    public void The_forecast_is_the_same_evaluation_day_by_day()
    {
        var policy = new RetentionPolicy { KeepDaily = 5, KeepMonthly = 2, PendingDays = 3 };
        var there = Enumerable.Range(0, 10).Select(n => new Kept<string?>($"s{n}", Now.AddHours(-1).AddDays(-n), [], "")).ToList();
        var slots = Enumerable.Range(0, 40).Select(n => Now.AddHours(6).AddDays(n)).ToList();

        var days = RetentionForecast.Days(policy, there, slots, new(null, default, [], ""),
            new Dictionary<string, DateTimeOffset> { ["s9"] = Now }, new HashSet<string> { "s8" }, Now, 40).ToList();

        days.Count.ShouldBe(40);
        var today = days[0].Snapshots;
        today.Count.ShouldBe(11,
            "ten that are there and one of tonight; what waited long enough is the oldest, which the months keep");
        today.Where(s => s.Reasons.Count == 0).Select(s => s.Id).ShouldBe(["s0", "s5", "s6", "s7"]);
        days[3].Snapshots.Select(s => s.Id).OfType<string>().ShouldBe(["s1", "s2", "s3", "s4", "s8", "s9"],
            "three days later they are gone; s2 to s4 wait meanwhile");
        days.ShouldAllBe(d => d.Snapshots.Any(s => s.Id == "s8" && s.Reasons.Count > 0));
        days[39].Snapshots.Count(s => s.Reasons.Count > 0).ShouldBeLessThanOrEqualTo(5 + 2 + 1);
    }

    [Fact]
    public void Without_a_policy_everything_stays_and_a_forecast_only_grows() =>
        RetentionForecast.Days(null, [], [Now.AddHours(1), Now.AddHours(2), Now.AddDays(1)], new(null, default, [], ""),
            new Dictionary<string, DateTimeOffset>(), new HashSet<string>(), Now, 3).Select(d => d.Snapshots.Count)
            .ShouldBe([2, 3, 3]);

    private static ProblemException Refused(RetentionPolicy policy)
    {
        var problem = Should.Throw<ProblemException>(() => policy.Checked());
        problem.Kind.ShouldBe(ProblemKind.Invalid);
        return problem;
    }
}
