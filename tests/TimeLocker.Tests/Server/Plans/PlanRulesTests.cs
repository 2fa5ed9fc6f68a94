using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Plans;
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
    [InlineData("tlpin")]
    [InlineData("a\tb")]
    public void A_tag_of_ours_or_two_in_one_are_refused(string tag) => Refused(() => TagRules.Checked([tag]));

    [Fact]
    public void What_restic_or_the_kernel_would_not_take_is_refused()
    {
        Refused(() => TagRules.Checked([new string('x', TagRules.Longest + 1)]));
        Refused(() => TagRules.Checked(Enumerable.Range(0, TagRules.Most + 1).Select(n => $"{n}")));
        Refused(() => PlanRules.Sources(["/" + new string('ü', 2100)]));
        Refused(() => PlanRules.Sources(Enumerable.Range(0, PlanRules.MostSources + 1).Select(n => $"/{n}")));
    }

    [Theory]
    [InlineData("gnp.\u202eexe")]
    [InlineData("two\u2028lines")]
    [InlineData("a\u2066b")]
    public void A_name_cannot_pretend_to_be_another(string name) => Refused(() => Label.Checked("plan", name));

    [Fact]
    public void The_name_of_a_copy_is_one_that_a_plan_can_have()
    {
        var longest = new string('x', Label.Longest);
        var taken = new HashSet<string>();
        for (var n = 0; n < 12; n++)
        {
            taken.Add(Label.Checked("plan", PlanCopies.Free($"Copy of {longest}", taken))).ShouldBeTrue();
        }

        PlanCopies.Free(new string('x', Label.Longest - 1) + "😀", taken).ShouldBe(new string('x', Label.Longest - 1),
            "half a character is none");
    }

    [Fact]
    public void Presets_are_known_and_come_before_own_patterns()
    {
        Refused(() => PlanRules.Presets(["nonsense"]));
        ExcludePreset.Expand(["trash"], ["mine", "lost+found"])
            .ShouldBe([.. ExcludePreset.All.Single(p => p.Name == "trash").Patterns, "mine"]);
    }

    private static void Refused(Action rule) => Should.Throw<ProblemException>(rule).Kind.ShouldBe(ProblemKind.Invalid);
}
