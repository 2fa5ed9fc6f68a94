using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Triggers;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Server.Agents;

/// <summary>
/// A server in Berlin and a machine in Auckland: what belongs to the machine goes by its own clock, and it does as much
/// at a time as is right for it.
/// </summary>
public sealed class MachineTests : IAsyncLifetime
{
    // in Auckland half past midnight, and so the 21st
    private static readonly DateTimeOffset Afternoon = new(2026, 5, 20, 14, 30, 0, TimeSpan.FromHours(2));
    private static readonly PlanWindows Nights = new([new(Enum.GetValues<DayOfWeek>(), new(22, 0), new(6, 0))], []);

    private readonly Guid far = Guid.NewGuid();
    private ClockRig rig = null!;
    private FakeAgent farAgent = null!;

    private AgentRegistry Machines => rig.Get<AgentRegistry>();

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Afternoon);
        await using (var db = await rig.DatabaseAsync())
        {
            db.Machines.Add(new() { Id = far, Name = "far", Host = "far" });
            await db.SaveChangesAsync();
        }

        farAgent = new(rig.Clock) { Zone = "Pacific/Auckland" };
        Machines.Connect(far, farAgent);
        await Machines.DescribeAsync(far, default);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_machine_tells_its_zone_and_it_is_known_after_a_restart()
    {
        Machines.ZoneOf(far).Id.ShouldBe("Pacific/Auckland");
        Machines.ZoneOf(Machines.LocalId).Id.ShouldBe("Europe/Berlin");
        Machines.ZoneOf(Guid.NewGuid()).Id.ShouldBe("Europe/Berlin", "what has told nothing goes by the server's clock");

        await rig.CloseAsync();
        await rig.OpenAsync();

        (await Machines.GetAsync(far)).Zone.ShouldBe("Pacific/Auckland");
        Machines.ZoneOf(far).Id.ShouldBe("Pacific/Auckland");
    }

    [Fact]
    public async Task The_hours_of_a_plan_are_those_of_its_machine()
    {
        var (near, away) = (await PlanAsync("near", null), await PlanAsync("away", far));

        (await FireAsync(away)).ShouldBe((1, null));
        (await FireAsync(near)).ShouldBe((0, Afternoon.AddHours(7.5)));

        async Task<(int, DateTimeOffset?)> FireAsync(BackupPlan plan)
        {
            var fired = await rig.Get<TriggerDesk>().FireAsync(plan.Id, "call", "", DeskRig.Admin);
            return (fired.Runs.Count, fired.StartsAt);
        }
    }

    [Fact]
    public async Task A_backup_counts_for_the_day_that_it_is_on_its_machine()
    {
        var (near, away) = (await PlanAsync("near", null), await PlanAsync("away", far));
        foreach (var plan in (BackupPlan[])[near, away])
        {
            await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        }

        await UntilEndedAsync();

        var days = await rig.Get<PlanCatalog>().DayHistoryAsync([near.Id, away.Id], 1);
        (days[near.Id].Single().Day, days[away.Id].Single().Day).ShouldBe((new DateOnly(2026, 5, 20), new DateOnly(2026, 5, 21)));
    }

    [Fact]
    public async Task Each_machine_does_as_many_runs_at_a_time_as_was_said_for_it()
    {
        var queue = rig.Get<RunQueue>();
        await queue.SetMachineCapAsync(1, DeskRig.Admin, far);
        (await Should.ThrowAsync<ProblemException>(() => queue.SetMachineCapAsync(1, DeskRig.Admin,
            Guid.NewGuid()))).Kind.ShouldBe(ProblemKind.NotFound);
        foreach (var name in (string[])["one", "two"])
        {
            await rig.Get<BackupRuns>().StartAsync((await PlanAsync(name, null)).Id, new(), DeskRig.Admin);
            await rig.Get<BackupRuns>().StartAsync((await PlanAsync($"far {name}", far)).Id, new(), DeskRig.Admin);
        }

        await DeskRig.UntilAsync(() => Task.FromResult(rig.Agent.Begun.Count == 2 && farAgent.Begun.Count == 1));
        var waits = queue.State(DeskRig.Admin).Waiting.ShouldHaveSingleItem();
        (waits.Title.Full, waits.Reason.Full).ShouldBe(("far two", "Waits: this machine already does 1 run."));

        await UntilEndedAsync();
        (farAgent.Most, queue.MachineCap, (await Machines.GetAsync(far)).Cap).ShouldBe((1, Machine.UsualCap, 1));
    }

    [Fact]
    public async Task What_was_said_for_a_machine_over_the_API_is_kept()
    {
        await using var server = await DeskRig.StartAsync();
        using var client = await server.ClientAsync(Role.Admin);
        var here = server.Get<AgentRegistry>().LocalId;

        using var own = await client.PutAsJsonAsync("api/v1/queue/cap", new { runs = 4 });
        using var named = await client.PutAsJsonAsync("api/v1/queue/cap", new { runs = 5, machineId = here });
        using var none = await client.PutAsJsonAsync("api/v1/queue/cap", new { runs = 5, machineId = Guid.NewGuid() });
        var listed = (await client.GetFromJsonAsync<JsonNode>("api/v1/machines"))!["items"]![0]!;

        ((int)own.StatusCode, (int)named.StatusCode, (int)none.StatusCode).ShouldBe((200, 200, 404));
        ((int)listed["cap"]!, (int)(await client.GetFromJsonAsync<JsonNode>("api/v1/queue"))!["machineCap"]!).ShouldBe((5, 5));
    }

    private async Task<BackupPlan> PlanAsync(string name, Guid? machine)
    {
        var place = await rig.RepositoryAsync($"place of {name}", machines: [far]);
        return await rig.Get<PlanCatalog>().CreateAsync(new()
        {
            Name = name,
            RepositoryId = place.Id,
            MachineId = machine,
            Sources = ["/made/up"],
            Options = new() { Windows = Nights },
            Triggers = [new("call", new Dictionary<string, string>(), TriggerAction.Backup)],
        }, DeskRig.Admin);
    }

    // Both machines' runs last a minute each; the far one may do one after the other.
    private Task UntilEndedAsync() => DeskRig.UntilAsync(async () =>
    {
        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        return (await rig.RunsAsync()).All(run => run.HasEnded);
    });
}
