using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

public sealed class PlanRulesTests
{
    [Fact]
    public void Sources_are_cleaned() =>
        PlanRules.Sources(["/home/anna/", "/etc", "/etc", ""]).ShouldBe(["/home/anna", "/etc"]);

    [Theory]
    [InlineData("relative")]
    [InlineData("/a/../b")]
    [InlineData("/a/./b")]
    [InlineData("/a\0b")]
    [InlineData("-x")]
    public void A_source_is_an_absolute_plain_path(string source) => Refused(() => PlanRules.Sources([source]));

    [Fact]
    public void Nothing_and_the_same_thing_twice_are_refused()
    {
        Refused(() => PlanRules.Sources([]));
        Refused(() => PlanRules.Sources(["/home", "/home/anna"]));
        Refused(() => PlanRules.Sources(["/", "/home"]));
        PlanRules.Sources(["/home", "/homestead"]).Count.ShouldBe(2);
        PlanRules.Sources(["/names/new\nline", "/names/-dash"]).Count.ShouldBe(2);
    }

    [Fact]
    public void Patterns_are_one_line_each()
    {
        PlanRules.Patterns([" *.iso ", "", "*.iso"]).ShouldBe(["*.iso"]);
        Refused(() => PlanRules.Patterns(["a\nb"]));
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("tlrun:0199")]
    [InlineData("tlcp:1:2")]
    [InlineData("a\tb")]
    public void A_tag_of_ours_or_two_in_one_are_refused(string tag) => Refused(() => PlanRules.Tags([tag]));

    [Fact]
    public void Presets_are_known_and_come_before_own_patterns()
    {
        Refused(() => PlanRules.Presets(["nonsense"]));
        ExcludePreset.Expand(["trash"], ["mine", "lost+found"]).ShouldBe([.. ExcludePreset.All.Single(p => p.Name == "trash").Patterns, "mine"]);
    }

    private static void Refused(Action rule) => Should.Throw<ProblemException>(rule).Kind.ShouldBe(ProblemKind.Invalid);
}
