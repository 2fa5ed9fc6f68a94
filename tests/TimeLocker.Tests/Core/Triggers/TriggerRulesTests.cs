using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;
using Xunit;

namespace TimeLocker.Tests.Core.Triggers;

public sealed class TriggerRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero); // a Wednesday
    private static readonly PlanTrigger Trigger = new("door", new Dictionary<string, string> { ["name"] = "front" },
        TriggerAction.Backup);

    [Fact]
    public void Kinds_fields_and_numbers_are_checked_and_defaults_filled_in()
    {
        Checked(Trigger)
            .Single().Values.ShouldBe(new Dictionary<string, string> { ["name"] = "front", ["knocks"] = "3" },
            ignoreOrder: true);
        Refused(Trigger with { Kind = "window" });
        Refused(Trigger with { Values = new Dictionary<string, string>() });
        Refused(Trigger with { Values = new Dictionary<string, string> { ["name"] = "front", ["strange"] = "1" } });
        Refused(Trigger with { PauseMinutes = -1 });
        Refused(Trigger with { PauseMinutes = 10081 });
        Refused(Trigger with { Action = (TriggerAction)7 });
        Refused(Trigger, Trigger with { PauseMinutes = 5 });
        Refused([.. Enumerable.Range(0, 21)
            .Select(i => Trigger with { Values = new Dictionary<string, string> { ["name"] = $"{i}" } })]);
        Checked(Trigger, Trigger with { Action = TriggerAction.Check }).Count.ShouldBe(2);
    }

    [Fact]
    public void What_a_trigger_last_started_is_kept_and_never_taken_from_outside()
    {
        var last = new TriggerStart(Now, Now, Text.Verbatim("it rang"));
        var before = Checked(Trigger).Select(t => t with { Last = last }).ToList();

        TriggerRules.Checked([Trigger with { Last = new(Now, Now, Text.Verbatim("forged")), PauseMinutes = 5 }], before,
            [new Door()]).Single().Last.ShouldBe(last);
        Checked(Trigger with { Last = last }).Single().Last.ShouldBeNull();
    }

    [Fact]
    public void What_a_plugin_saw_stays_in_its_plan_while_the_plugin_is_away()
    {
        var before = Checked(Trigger);
        TriggerRules.Checked([.. before], before, []).ShouldBe(before);
        Should.Throw<ProblemException>(() =>
            TriggerRules.Checked([Trigger with { Values = new Dictionary<string, string> { ["name"] = "back" } }],
                before, []));
    }

    [Fact]
    public void It_may_start_when_its_rest_the_pause_and_the_closed_hours_are_over()
    {
        var free = Plan();
        May(free, Trigger).ShouldBe(Now);
        May(free, Trigger with { Last = new(Now, Now.AddMinutes(-59), Text.Verbatim("")) }).ShouldBe(Now.AddMinutes(1));
        May(free, Trigger with { Last = new(Now, Now.AddMinutes(-61), Text.Verbatim("")) }).ShouldBe(Now);
        free.PausedUntil = Now.AddHours(3);
        May(free, Trigger).ShouldBe(Now.AddHours(3));
        free.PausedUntil = DateTimeOffset.MaxValue;
        May(free, Trigger).ShouldBe(DateTimeOffset.MaxValue);
    }

    [Fact]
    public void Hours_are_those_of_the_plans_zone()
    {
        var nights = Plan();
        nights.Schedules = [new("0 23 * * *", "Europe/Berlin")];
        nights.Options = new() { Windows = new([new(Enum.GetValues<DayOfWeek>(), new(22, 0), new(6, 0))], []) };

        May(nights, Trigger).ShouldBe(Now.AddHours(8)); // 22:00 in Berlin is 20:00 UTC
        nights.PausedUntil = Now.AddHours(9);
        May(nights, Trigger).ShouldBe(Now.AddHours(9));
        nights.Options = new() { Windows = new([], [new(Enum.GetValues<DayOfWeek>(), new(0, 0), new(0, 0))]) };
        May(nights, Trigger).ShouldBeNull();
    }

    private static DateTimeOffset? May(BackupPlan plan, PlanTrigger trigger) =>
        TriggerRules.MayStart(plan, trigger, Now, TimeZoneInfo.Utc);

    private static List<PlanTrigger> Checked(params PlanTrigger[] triggers) => TriggerRules.Checked(triggers, [], [new Door()]);

    private static void Refused(params PlanTrigger[] triggers) =>
        Should.Throw<ProblemException>(() => Checked(triggers)).Kind.ShouldBe(ProblemKind.Invalid);

    private static BackupPlan Plan() =>
        new()
        {
            Id = Guid.NewGuid(),
            Name = "p",
            MachineId = Guid.NewGuid(),
            RepositoryId = Guid.NewGuid(),
            Sources = ["/a"],
            CreatedAt = Now,
        };

    private sealed class Door : IEventTrigger
    {
        public string Kind => "door";
        public Text Title => PluginText.Of("Somebody knocks");
        public Text Help => PluginText.Of("");
        public IReadOnlyList<Field> Fields { get; } = [new("name", PluginText.Of("Door")) { Required = true },
            new("knocks", PluginText.Of("Knocks"), FieldType.Number) { Default = "3" }];
        public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) => throw new NotSupportedException();
    }
}
