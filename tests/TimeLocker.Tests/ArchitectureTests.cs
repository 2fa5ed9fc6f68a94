using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Mono.Cecil;
using Mono.Cecil.Rocks;
using Shouldly;
using TimeLocker.Server;
using TimeLocker.Tests.Architecture;
using Xunit;

namespace TimeLocker.Tests;

/// <summary>
/// The picture in src/README.md as a test: who may use whom, and how files look. Each message names the line and its
/// room.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Rooms Rooms = Rooms.OfTheProduct();

    [Fact]
    public void Core_uses_no_other_project_and_agent_and_server_do_not_meet() =>
        Rooms.Uses(
            ("TimeLocker.Core", ["TimeLocker.Agent", "TimeLocker.Server"]),
            ("TimeLocker.Agent", ["TimeLocker.Server"]),
            ("TimeLocker.Server", ["TimeLocker.Agent"])).ShouldBeEmpty();

    [Fact]
    public void A_library_has_one_room() =>
        Rooms.Strangers(
            new("Microsoft.EntityFrameworkCore",
                @"^TimeLocker\.(Migrations|Server\.(Data|Audit|Clock|Secrets|Identity|Agents|Repositories|Plans|Runs|Snapshots|Monitoring|Overview|Retention|Triggers|Anomalies|Notices|Feeds|Plugins|Demo))\b"),
            new("Microsoft.Data.Sqlite", @"^TimeLocker\.Server\.(Data|Snapshots\.TreeCache)\b"),
            new("Radzen", @"^TimeLocker\.Server\.Kit\b"),
            new("Cronos", @"^TimeLocker\.Core\.Schedules\b"),
            new("System.CommandLine", @"^(TimeLocker\.Commands\b|Program)"),
            new("Spectre.Console", @"^TimeLocker\.(Commands|Output)\b"),
            new("System.Diagnostics.Process,System.Diagnostics.ProcessStartInfo", @"^TimeLocker\.Core\.Processes\b"))
            .ShouldBeEmpty();

    [Fact]
    public void No_component_uses_the_database() =>
        Rooms.Types.Where(IsComponent)
            .SelectMany(t => Rooms.References(t)
                .Where(r => r.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
                    || r.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal)
                    || r == "TimeLocker.Server.Data.TimeLockerDb")
            .Select(r => $"{t.FullName} uses {r}; ask a desk")).ShouldBeEmpty();

    [Fact]
    public void The_kit_knows_no_feature() => Rooms.Outside("TimeLocker.Server.Kit", "TimeLocker.Server").ShouldBeEmpty();

    [Fact]
    public void Server_rooms_form_no_cycle() => Rooms.Cycles("TimeLocker.Server", desksOnly: t => !IsComponent(t)).ShouldBeEmpty();

    [Theory]
    [InlineData("TimeLocker.Core")]
    [InlineData("TimeLocker.Agent")]
    public void Rooms_form_no_cycle(string project) => Rooms.Cycles(project, _ => true).ShouldBeEmpty();

    [Fact]
    public void No_interface_stands_beside_its_one_class() =>
        Rooms.Types.Where(t => t.IsInterface && Regex.IsMatch(t.Name, "^I[A-Z]")
            && Rooms.Types.Any(o => o.Name == t.Name[1..])).Select(t => $"{t.FullName} has one class: use it")
            .ShouldBeEmpty();

    [Fact]
    public void Names_say_what_a_thing_is() =>
        Rooms.Types.Where(t => Regex.IsMatch(t.Name, "(Manager|Helpers?|Utils?|Common|Impl|Dto|ViewModel|Service)$"))
            .Select(t => $"{t.FullName}: a name that says nothing").ShouldBeEmpty();

    [Fact]
    public void No_two_types_have_the_same_name() =>
        Rooms.Types.Where(t => !t.IsNested && t.Namespace.StartsWith("TimeLocker", StringComparison.Ordinal)
            && t.Name is not ("Texts" or "Problems")).GroupBy(t => t.Name.Split('`')[0], t => t.FullName.Split('`')[0])
            .Where(g => g.Distinct().Count() > 1)
            .Select(g => $"{string.Join(" and ", g.Distinct())}: give each its own name").ShouldBeEmpty();

    [Fact]
    public void Files_are_short_and_plain() => Sources.Faults(Sources.OfTheProduct()).ShouldBeEmpty();

    [Fact]
    public void Lines_fit_on_a_screen() => Sources.WideLines(Sources.OfTheProduct().Concat(Sources.OfTheTests())).ShouldBeEmpty();

    [Fact]
    public void Raw_form_tags_stand_only_in_the_kit() => Sources.RawTags(Sources.OfTheProduct()).ShouldBeEmpty();

    [Fact]
    public void Each_text_of_a_room_is_said_somewhere_in_it() => RoomTexts.Unused().ShouldBeEmpty();

    [Fact]
    public void Nobody_compares_what_a_problem_says() =>
        RoomTexts.Compared(Sources.OfTheProduct()).ShouldBeEmpty("ask problem.Is(…): words are for people");

    [Fact]
    public void Classes_are_short_over_all_their_files() => Sources.LongClasses(Sources.OfTheProduct()).ShouldBeEmpty();

    [Fact]
    public void One_class_alone_hears_what_machines_tell_of_runs() =>
        Rooms.Callers("TimeLocker.Core.Agents.IAgent", "RunAsync").ShouldBe(["TimeLocker.Server.Runs.RunFollower"]);

    [Fact]
    public void Each_table_is_written_by_one_room()
    {
        TableOwners.Faults(Rooms).ShouldBeEmpty();
        TableOwners.Idle(Rooms).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_takes_the_id_of_a_run_for_its_time() =>
        Rooms.SortedById("TimeLocker.Core.Runs.Run").ShouldBe(["TimeLocker.Core.Runs.RunOrder"],
            "sort runs with RunOrder: the id of a slot's run follows from the slot");

    [Fact]
    public void A_desk_method_that_changes_something_takes_an_actor() =>
        Rooms.Changing().Where(m => m.Parameters.All(p => p.ParameterType.FullName != "TimeLocker.Core.Actor"))
            .Select(m => $"{m.FullName} changes the database for nobody: take an Actor").ShouldBeEmpty();

    [Fact]
    public void Every_operation_is_a_noun_and_a_verb() =>
        BuiltIns.Operations().All.Where(o => !Regex.IsMatch(o.Name, @"^[a-z]+\.[a-z]+(-[a-z]+)*$")).Select(o => o.Name)
            .ShouldBeEmpty();

    [Fact]
    public void What_is_banned_is_banned_in_every_project()
    {
        var banned = File.ReadAllText(Path.Combine(Sources.Root, "src", "build", "BannedSymbols.txt"));
        string[] must = ["P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now",
            "P:System.DateTimeOffset.UtcNow", "P:System.Threading.Tasks.Task`1.Result",
                "M:System.Threading.Tasks.Task.Wait", "M:System.Threading.Thread.Sleep"];
        must.Where(m => !banned.Contains(m, StringComparison.Ordinal)).ShouldBeEmpty();
        Rooms.Types.Where(t => !t.FullName.StartsWith("TimeLocker.Commands", StringComparison.Ordinal)
            && t.FullName is not ("TimeLocker.Output" or "Program"))
            .Where(t => t.FullName.StartsWith("TimeLocker.", StringComparison.Ordinal)
                && Rooms.References(t).Contains("System.Console"))
                .Select(t => $"{t.FullName} writes to the console; only the program does").ShouldBeEmpty();
    }

    [Fact]
    public void Names_of_files_in_problems_are_marked() =>
        Marks.Missing(Sources.OfTheProduct()).Concat(Marks.Replaced(Sources.OfTheProduct())).ShouldBeEmpty();

    [Fact]
    public void No_file_tells_where_it_was_written_or_recorded() => Traces.In(Traces.All()).ShouldBeEmpty();

    [Fact]
    public void No_name_of_an_extension_or_of_its_field_decides_anything_outside_its_own_file() =>
        ExtensionNames.In(Sources.OfTheProduct()).ShouldBeEmpty();

    [Fact]
    public void There_is_one_list_of_extensions_and_every_one_is_in_it()
    {
        ExtensionNames.Unlisted(((Type[])[typeof(TimeLocker.Core.Actor), typeof(TimeLocker.Agent.LocalAgent),
            typeof(ServerHost), typeof(BuiltInExtensions)]).SelectMany(t => t.Assembly.GetTypes())).ShouldBeEmpty();
        Sources.OfTheProduct()
            .Where(f => Regex.IsMatch(f.Text,
                @"Add(Singleton|Scoped|Transient)<I(RepositoryBackend|NotificationChannel|EventTrigger|MachineTrigger|SecretStore)\b")).Select(f => f.Name).ShouldBeEmpty();
    }

    [Fact]
    public void The_rules_find_what_is_planted()
    {
        ExtensionNames.In([("planted.cs",
            "if (backend.Kind == \"x\") {\nvalues[\"host\"]\nstring[] usual = [\"ntfy\"];\nf.Name == \"a\"")]).Count()
            .ShouldBe(4);
        ExtensionNames.Unlisted([typeof(TimeLocker.Tests.Doubles.RecordingChannel)]).ShouldHaveSingleItem();
        Traces.In([("planted.cmd", $"env -i PATH=/root/{".pyenv"}/shims:/usr/bin restic")]).ShouldNotBeEmpty();
        Marks.Missing([("planted.cs", """
            throw new ProblemException(ProblemKind.Failed, Texts.No, Texts.Full(folder), Texts.Go);
            throw Refused(Texts.No, Text.Verbatim(e.Message), Texts.Go);
            yield return new(clock.Now, Texts.Changed(name, path));
            Trouble = new(Texts.No, Text.Verbatim(clean(fault.Message)), Texts.Go);
            throw Refused(Texts.Full(folder.AsName()), Texts.No, Texts.Go);
            Text Why() => Texts.Full(folder);
            """)]).Count().ShouldBe(5);
        RoomTexts.Compared([("planted.cs", "e.Problem.What.Full.Contains(\"x\") || problem.Why.Full == \"y\"")]).Count()
            .ShouldBe(2);
        var here = Rooms.Of(typeof(ArchitectureTests).Assembly.Location);
        here.Strangers(new Library("System.Diagnostics.Process", @"^TimeLocker\.Core\.Processes\b"))
            .ShouldContain(f => f.Contains(nameof(PlantedViolation), StringComparison.Ordinal));
        here.SortedById("TimeLocker.Core.Runs.Run").ShouldBe([typeof(PlantedViolation).FullName!]);
        TableOwners.Faults(here).Count(f => f.Contains(nameof(PlantedViolation), StringComparison.Ordinal)).ShouldBe(4);
        Marks.Replaced([("planted.cs", "return problem with { Why = path };")]).ShouldHaveSingleItem();
        Sources.RawTags([("room/Planted.razor", "<button>"), ("src/TimeLocker.Server/Kit/Planted.razor", "<button>"),
            ("room/Planted.razor", "<Button>")]).ShouldHaveSingleItem();
        Sources.Faults([("planted.cs", "async void Oops() { }\n#region x\n")]).Count().ShouldBe(2);
        Sources.Faults([("planted.cs", string.Concat(Enumerable.Repeat("// line\n", 401)))]).ShouldHaveSingleItem();
        var narrow = string.Concat(Enumerable.Repeat("// line\n", 99));
        Sources.WideLines([("planted.cs", narrow + new string('x', 160))]).ShouldBeEmpty();
        Sources.WideLines([("planted.cs", narrow + new string('x', 161))]).ShouldHaveSingleItem().ShouldContain("planted.cs:100");
        var wide = string.Concat(Enumerable.Repeat(new string('x', 121) + "\n", 4));
        Sources.WideLines([("planted.cs", wide + narrow)]).ShouldHaveSingleItem();
        var half = "public sealed partial class Planted\n" + string.Concat(Enumerable.Repeat("// line\n", 200));
        Sources.LongClasses([("room/Planted.cs", half), ("room/Planted.More.cs", half)]).ShouldHaveSingleItem();
    }

    private static bool IsComponent(TypeDefinition type) =>
        Rooms.Ancestors(type).Contains("Microsoft.AspNetCore.Components.ComponentBase");
}

/// <summary>Breaks a rule on purpose, so that the rule is seen to work.</summary>
internal static class PlantedViolation
{
    public static bool Stops() => System.Diagnostics.Process.GetProcessById(1).HasExited;

    public static IQueryable<TimeLocker.Core.Runs.Run> After(IQueryable<TimeLocker.Core.Runs.Run> runs, Guid id) =>
        runs.Where(r => r.Id.CompareTo(id) > 0);

    public static Task WritesAsync(TimeLocker.Server.Data.TimeLockerDb db, TimeLocker.Core.Runs.Run run, object[] rows)
    {
        db.Remove(run);
        db.AddRange(rows);
        db.Pins.RemoveRange(db.Pins);
        return db.Plans.ExecuteDeleteAsync();
    }
}
