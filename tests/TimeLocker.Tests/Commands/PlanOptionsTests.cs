using System.CommandLine;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Commands;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Plans;
using TimeLocker.Tests.Core.Plans;
using Xunit;

namespace TimeLocker.Tests.Commands;

/// <summary>Whatever a plan can be told, <c>plans create</c> and <c>plans edit</c> tell it.</summary>
public sealed class PlanOptionsTests
{
    // Where one word or number is not enough; as EachSetting has them.
    private static readonly Dictionary<string, string> Written = new()
    {
        ["hooks"] = "before stop-database",
        ["windows.allowed"] = "SUN 00:00-06:00",
        ["windows.blocked"] = "FRI 08:00-18:00",
        ["resources.windows"] = "MON 08:00-18:00 100 0",
    };

    public static TheoryData<string> Settings => [.. EachSetting.Paths];

    [Fact]
    public void Each_setting_has_an_option_of_both_commands()
    {
        var paths = PlanSettings.All.Select(s => s.Path).ToList();
        paths.ShouldBeUnique();
        EachSetting.Paths.Except(paths).ShouldBeEmpty("settings without an option");
        paths.Except(EachSetting.Paths).ShouldBeEmpty("options without a setting");
        foreach (var command in (string[])["create", "edit"])
        {
            PlanSettings.All.Where(s => !Plans(command).Options.Contains(s.Option)).Select(s => s.Path).ShouldBeEmpty(command);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void An_option_sets_its_setting_and_no_other(string path)
    {
        var (before, wanted) = (EachSetting.Usual(path), EachSetting.Changed(path));
        var argument = Written.GetValueOrDefault(path) ?? Word(EachSetting.Value(wanted, path)!);

        var read = PlanOptions.Read(Parsed(PlanSettings.All.Single(s => s.Path == path).Option.Name, argument),
            new NewPlan { Options = before }).Options;

        EachSetting.Paths.Where(p => !JsonNode.DeepEquals(EachSetting.Value(read, p), EachSetting.Value(wanted, p)))
            .ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Each_setting_can_be_made_what_it_usually_is(string path)
    {
        var plan = new NewPlan { Name = "Papers", TargetHours = 24, Options = EachSetting.Changed(path) };
        var word = path.Split('.')[0] switch
        {
            "excludePresets" => "presets",
            "windows" => "hours",
            "command" => "dump",
            var name => name
        };

        var read = PlanOptions.Read(Parsed("--clear", word), plan);

        JsonNode.DeepEquals(EachSetting.Value(read.Options, path), EachSetting.Value(new(), path)).ShouldBeTrue();
        (read.Name, read.TargetHours).ShouldBe(("Papers", 24));
    }

    [Fact]
    public void Folders_and_a_program_take_each_others_place()
    {
        var plan = new NewPlan { Sources = ["/papers"], Options = new() { Tags = ["mine"] } };

        var program = PlanOptions.Read(Parsed("--dump-program", "dump-shop", "--dump-path", "/shop.sql"), plan);
        var folders = PlanOptions.Read(Parsed("--source", "/papers"), program);

        (program.Sources.Count, program.Options.Command).ShouldBe((0, new("dump-shop", "/shop.sql")));
        (folders.Sources.ShouldHaveSingleItem(), folders.Options.Command,
            folders.Options.Tags.Count).ShouldBe(("/papers", null, 1));
    }

    [Theory]
    [InlineData("stop-database")]
    [InlineData("sometimes stop-database")]
    [InlineData("before stop-database soon")]
    [InlineData("before stop-database 60 maybe")]
    [InlineData("before stop-database 60 retry now")]
    public void A_program_that_is_not_understood_is_refused_with_an_example(string hook) =>
        Should.Throw<ProblemException>(() => PlanOptions.Read(Parsed("--hook", hook),
            new NewPlan())).Problem.Next.Full.ShouldContain("before stop-database");

    [Fact]
    public void A_program_may_have_a_limit_and_say_what_its_failure_means() =>
        PlanOptions.Read(Parsed("--hook", "on-failure call-anna 60 ignore", "--hook", "after start-shop"),
            new NewPlan()).Options.Hooks
            .ShouldBe([new(HookMoment.OnFailure, "call-anna") { LimitSeconds = 60, OnFailure = HookFailure.Ignore },
                new(HookMoment.After, "start-shop")]);

    private static string Word(JsonNode value) => value switch
    {
        JsonArray list => list.Single()!.ToString(),
        _ when value.GetValueKind() is System.Text.Json.JsonValueKind.True => "yes",
        _ when value.GetValueKind() is System.Text.Json.JsonValueKind.False => "no",
        _ => value.ToString(),
    };

    private static ParseResult Parsed(params string[] options)
    {
        var parsed = CommandTree.Build().Parse(["plans", "edit", "Papers", .. options]);
        parsed.Errors.ShouldBeEmpty();
        return parsed;
    }

    private static Command Plans(string name) =>
        CommandTree.Build().Subcommands.Single(c => c.Name == "plans").Subcommands.Single(c => c.Name == name);
}
