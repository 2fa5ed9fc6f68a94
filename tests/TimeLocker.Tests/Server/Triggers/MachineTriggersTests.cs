using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Triggers;
using Xunit;

namespace TimeLocker.Tests.Server.Triggers;

/// <summary>Each machine sees its own events, in its own way, as long as it can be heard.</summary>
public sealed class MachineTriggersTests : IAsyncLifetime
{
    private readonly Bell here = new(), there = new() { Title = PluginText.Of("The gong sounds") };
    private readonly Guid far = Guid.NewGuid();
    private DeskRig rig = null!;
    private CountingAgent farAgent = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        rig.Agent.Extra.Add(here);
        await using (var db = await rig.DatabaseAsync())
        {
            db.Machines.Add(new() { Id = far, Name = "far", Host = "far" });
            await db.SaveChangesAsync();
        }

        farAgent = new(new LocalAgent(rig.In("far"), TimeProvider.System, new ResticBinary()));
        farAgent.Extra.Add(there);
        rig.Get<AgentRegistry>().Connect(far, farAgent);
        place = await rig.RepositoryAsync();
        await rig.Get<RepositoryMachines>().AllowAsync(place.Id, far, home: false, DeskRig.Admin);
        rig.Write("data/file");
    }

    public async Task DisposeAsync()
    {
        await rig.DisposeAsync();
        await farAgent.DisposeAsync();
    }

    [Fact]
    public async Task Events_of_the_same_kind_on_two_machines_stay_two()
    {
        using var client = await rig.ClientAsync(Role.Viewer);
        var listed = JsonNode.Parse(await client.GetStringAsync("api/v1/triggers"))!["items"]!.AsArray();

        listed.Where(k => k!["kind"]!.ToString() == "bell").Select(k => (k!["machineId"]!.ToString(), k["title"]!.ToString()))
            .ShouldBe([($"{rig.Get<AgentRegistry>().LocalId}", "The bell rings"), ($"{far}", "The gong sounds")]);
        listed.Single(k => k!["kind"]!.ToString() == "call")!["machineId"].ShouldBeNull();
        (await rig.Get<TriggerDesk>().KnownAsync(far)).Single(k => k.Kind == "bell").Title.Full.ShouldBe("The gong sounds");
    }

    [Fact]
    public async Task A_plan_waits_for_the_event_of_its_own_machine()
    {
        var plan = await PlanAsync(far);

        await DeskRig.UntilAsync(() => Task.FromResult(there.Listening == 1));

        here.Watches.ShouldBe(0);
        (await StateAsync(plan)).Title.Full.ShouldBe("The gong sounds");
    }

    [Fact]
    public async Task A_watch_that_breaks_off_is_taken_up_again()
    {
        var plan = await PlanAsync(null);
        await DeskRig.UntilAsync(async () => (await StateAsync(plan)).Watching);

        here.HangUp("front");
        await DeskRig.UntilAsync(() => Task.FromResult(here.Watches == 2));
        here.Ring("front");

        await DeskRig.UntilAsync(async () => (await StateAsync(plan)).Trigger.Last is not null);
    }

    [Fact]
    public async Task A_machine_that_goes_away_leaves_its_plan_with_a_reason_and_is_watched_when_it_is_back()
    {
        var plan = await PlanAsync(far);
        await DeskRig.UntilAsync(async () => (await StateAsync(plan)).Watching);

        rig.Get<AgentRegistry>().Disconnect(far);
        there.HangUp("front");
        await DeskRig.UntilAsync(async () => (await StateAsync(plan)).Trouble?.What.Full == "The machine is not connected.");
        (await StateAsync(plan)).Watching.ShouldBeFalse();
        rig.Get<AgentRegistry>().Connect(far, farAgent);

        await DeskRig.UntilAsync(async () => await StateAsync(plan) is
        {
            Watching: true, Trouble: null,
            Title.Full: "The gong sounds"
        });
    }

    private Task<BackupPlan> PlanAsync(Guid? machine) => rig.Get<PlanCatalog>().CreateAsync(new()
    {
        Name = "Papers",
        RepositoryId = place.Id,
        MachineId = machine,
        Sources = [rig.In("data")],
        Triggers = [new("bell", new Dictionary<string, string> { ["door"] = "front" }, TriggerAction.Backup)],
    }, DeskRig.Admin);

    private async Task<TriggerState> StateAsync(BackupPlan plan) => (await rig.Get<TriggerDesk>().OfAsync(plan.Id)).Single();
}
