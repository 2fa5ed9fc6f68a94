using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

public sealed class HookRulesTests
{
    [Theory]
    [InlineData("dump-shop", true)]
    [InlineData("a.sh", true)]
    [InlineData("../a", false)]
    [InlineData("a/b", false)]
    [InlineData("-a", false)]
    [InlineData(".a", false)]
    [InlineData("a\n", false)]
    [InlineData("a b", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_hook_is_the_name_of_a_file_and_no_path(string? name, bool good) => HookRules.IsName(name).ShouldBe(good);

    [Theory]
    [InlineData("/dumps/shop.sql", true)]
    [InlineData("dumps/shop.sql", false)]
    [InlineData("/", false)]
    [InlineData("/a/../b", false)]
    [InlineData("/a/", false)]
    [InlineData("/a//b", false)]
    [InlineData("/a\nb", false)]
    public void What_a_program_prints_is_saved_under_an_absolute_path(string path, bool good)
    {
        Problem? problem = null;
        try
        {
            HookRules.Command(new("dump", path), []).ShouldBe(new("dump", path));
        }
        catch (ProblemException e)
        {
            problem = e.Problem;
        }

        (problem is null).ShouldBe(good);
    }

    [Fact]
    public void A_plan_saves_folders_or_a_program_never_both()
    {
        Should.Throw<ProblemException>(() => HookRules.Command(new("dump", "/d.sql"),
            ["/home"])).Problem.What.Full.ShouldBe("The plan has folders and a program.");
        HookRules.Command(null, ["/home"]).ShouldBeNull();
    }

    [Fact]
    public void Limits_numbers_and_words_are_checked()
    {
        Should.Throw<ProblemException>(() => HookRules.Hooks([new(HookMoment.Before, "a") { LimitSeconds = 0 }]));
        Should.Throw<ProblemException>(() => HookRules.Hooks([new((HookMoment)9, "a")]));
        Should.Throw<ProblemException>(() => HookRules.Hooks(Enumerable.Repeat(new Hook(HookMoment.Before, "a"), 21)));
        Should.Throw<ProblemException>(() => HookRules.Retries(new() { Times = 11 }));
        Should.Throw<ProblemException>(() => HookRules.Retries(new() { FirstAfterMinutes = 0 }));
        HookRules.Retries(null).ShouldBe(RetryRules.Usual);
    }

    [Fact]
    public void An_edit_in_the_form_keeps_the_hooks_and_the_rest_around_a_run()
    {
        var plan = new BackupPlan
        {
            Id = Guid.NewGuid(),
            Name = "Shop",
            MachineId = Guid.NewGuid(),
            RepositoryId = Guid.NewGuid(),
            Sources = [],
            CreatedAt = DateTimeOffset.UnixEpoch,
            Options = new()
            {
                Hooks = [new(HookMoment.After, "start-shop")],
                Command = new("dump", "/shop.sql"),
                Retries = new() { Times = 7, FirstAfterMinutes = 9 },
                Conditions = new() { SkipOnMetered = true },
            },
        };

        var wanted = PlanDraft.Of(plan, "UTC").Wanted;

        wanted.Options.Hooks.ShouldBe(plan.Options.Hooks);
        (wanted.Options.Command, wanted.Options.Retries,
            wanted.Options.Conditions).ShouldBe((plan.Options.Command, plan.Options.Retries, plan.Options.Conditions));
    }
}
