using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Triggers;
using TimeLocker.Tests.Core.Extensions;
using TimeLocker.Tests.Server;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>What every trigger in the list promises, the machine's and the server's, asked of each.</summary>
public sealed class EveryTriggerTests : IAsyncLifetime
{
    private static readonly string Folder = Path.GetTempPath();

    /// <summary>Good values for each, of an event that does not happen meanwhile. A new trigger gets its line here.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Examples = new()
    {
        ["call"] = [],
        ["after-plan"] = new() { ["plan"] = $"{Guid.NewGuid()}" },
        ["repository-size"] = new() { ["above"] = "999999 GiB" },
        ["snapshot-count"] = new() { ["above"] = "999999" },
        ["files"] = new() { ["path"] = "/etc" },
        ["volume"] = new() { ["volume"] = "/never/there" },
        ["boot"] = [],
        ["shutdown"] = [],
        ["network"] = new() { ["host"] = "127.0.0.1", ["port"] = $"{Ports.Free()}" },
        ["space"] = new() { ["path"] = Folder, ["below"] = "1 MiB" },
    };

    private DeskRig rig = null!;
    private Guid place;

    public static TheoryData<string> Kinds =>
        [.. Listed.Of<IEventTrigger>().Concat(Listed.Of<IMachineTrigger>()).Select(t => t.Kind)
            .Intersect(Examples.Keys)];

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = (await rig.RepositoryAsync()).Id;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void Every_trigger_in_the_list_is_run_through_this_suite() =>
        All().Select(t => t.Kind).Except(Examples.Keys)
            .Select(kind =>
                $"“{kind}” has no example: give it a line in EveryTriggerTests.Examples, with good values of an event that does not happen meanwhile").ShouldBeEmpty();

    [Theory, MemberData(nameof(Kinds))]
    public async Task It_fires_only_when_something_happens_and_ends_when_it_is_told_to(string kind)
    {
        using var ending = new CancellationTokenSource();
        var watching = WatchAsync(Of(kind), Values(kind), ending.Token);

        await Task.WhenAny(watching, Task.Delay(TimeSpan.FromSeconds(2))); // longer on a slow machine: it must not fire at all
        var early = watching.IsCompleted ? await watching : null;
        await ending.CancelAsync();

        (await watching.WaitAsync(TimeSpan.FromMinutes(1))).Fired.ShouldBeEmpty();
        if (early is not null)
        {
            // It cannot be watched on this machine, and says what, why and what next.
            var problem = early.Fault.ShouldBeOfType<ProblemException>().Problem;
            ((string[])[problem.What.Full, problem.Why.Full, problem.Next.Full]).ShouldAllBe(said => said.Length > 10);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Its_settings_are_kept_in_a_plan_as_they_were_given(string kind)
    {
        var wanted = new PlanTrigger(kind, Examples[kind], TriggerAction.Backup);
        var kept = TriggerRules.Checked([wanted], [], [TriggerKind.Of(Of(kind))]).ShouldHaveSingleItem();
        Examples[kind].ShouldAllBe(given => kept.Values[given.Key] == given.Value);
        TriggerRules.Checked([kept], [kept], [TriggerKind.Of(Of(kind))]).ShouldHaveSingleItem().Key.ShouldBe(kept.Key);
    }

    [Fact]
    public void What_machines_see_is_described_without_code() =>
        Listed.Of<IMachineTrigger>()
            .SelectMany(t => t.Fields.Where(f => f.Rule is not null)
                .Select(f => $"{t.Kind}.{f.Name}: a rule does not travel")).ShouldBeEmpty();

    [Fact]
    public async Task A_fault_in_one_takes_none_of_the_others_down()
    {
        var bell = new TimeLocker.Tests.Server.Triggers.Bell();
        rig.Extensions = () => BuiltInExtensions.Of(rig.Options, TimeProvider.System).Add<IEventTrigger>(new Broken())
            .Add<IEventTrigger>(bell);
        await rig.RestartAsync();
        var plan = await rig.Get<PlanCatalog>().CreateAsync(new()
        {
            Name = "two",
            RepositoryId = place,
            Sources = [rig.Write("data/file")],
            Triggers = [new("broken", new Dictionary<string, string>(), TriggerAction.Backup),
                new("bell", new Dictionary<string, string> { ["door"] = "front" }, TriggerAction.Backup)],
        }, DeskRig.Admin);

        await DeskRig.UntilAsync(async () =>
            (await rig.Get<TriggerDesk>().OfAsync(plan.Id))[0].Trouble?.Why.Full.Contains("It broke.",
                StringComparison.Ordinal) == true);
        bell.Ring("front");
        await DeskRig.UntilAsync(async () => (await rig.Get<TriggerDesk>().OfAsync(plan.Id))[1].Trigger.Last is not null);
    }

    private IEnumerable<IEventTrigger> All() =>
        rig.Services.GetServices<IEventTrigger>().Concat(rig.Services.GetServices<IMachineTrigger>());

    private IEventTrigger Of(string kind) => All().Single(t => t.Kind == kind);

    private FieldValues Values(string kind) =>
        new(new Dictionary<string, string>(new FieldValues(Examples[kind]).Checked(Of(kind)).All)
        {
            [TriggerContext.Plan] = $"{Guid.NewGuid()}",
            [TriggerContext.Repository] = $"{place}",
        });

    private static async Task<Watch> WatchAsync(IEventTrigger trigger, FieldValues values, CancellationToken ct)
    {
        List<string> fired = [];
        try
        {
            await foreach (var firing in trigger.WatchAsync(values, ct))
            {
                fired.AddRange(firing.OnlySays ? [] : [firing.Why.Full]);
            }

            return new(fired, null);
        }
        catch (Exception fault)
        {
            return new(fired, fault);
        }
    }

    private sealed record Watch(List<string> Fired, Exception? Fault);

    private sealed class Broken : IEventTrigger
    {
        public string Kind => "broken";
        public Text Title => PluginText.Of("It breaks");
        public Text Help => PluginText.Of("For tests.");
        public IReadOnlyList<Field> Fields => [];

        public IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct) =>
            throw new InvalidOperationException("It broke.");
    }
}
