using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

public sealed class MachinesCardTests : PageContext, IAsyncLifetime
{
    private readonly Guid laptop = Guid.NewGuid();
    private DeskRig rig = null!;
    private LocalAgent there = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync("cellar");
        there = new LocalAgent(rig.In("laptop"), TimeProvider.System, new ResticBinary());
        rig.Get<AgentRegistry>().Connect(laptop, there);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(rig.Get<RepositoryMachines>()).AddSingleton(rig.Get<RepositoryCatalog>())
            .AddSingleton(rig.Get<AgentRegistry>())
            .AddSingleton(rig.Get<PlanCatalog>()).AddSingleton(rig.Get<PolicyCatalog>());
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await there.DisposeAsync();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_said_of_machines_while_there_is_one_only()
    {
        Card(Role.Admin).Markup.Trim().ShouldBeEmpty();

        await AddLaptopAsync();
        Card(Role.Admin).FindAll("li").ShouldHaveSingleItem().TextContent.ShouldContain("looks after it");
    }

    [Fact]
    public async Task An_admin_allows_another_machine_and_others_see_which_may()
    {
        await AddLaptopAsync();
        var card = Card(Role.Admin);
        card.Markup.ShouldContain("A folder is on one machine");

        await card.Find("form").SubmitAsync();

        card.WaitForAssertion(() => card.FindAll("li").Count.ShouldBe(2), TimeSpan.FromSeconds(60));
        card.FindAll("form").ShouldBeEmpty("no other machine is left");
        var seen = Card(Role.Viewer);
        (seen.FindAll("li").Count, seen.FindAll("button").Count).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_new_plan_is_offered_the_repositories_that_its_machine_reaches()
    {
        await AddLaptopAsync();
        NewRepository attic = new()
        {
            Name = "attic",
            Values = new() { ["path"] = rig.In("attic") },
            Create = true,
            MachineId = laptop,
        };
        await rig.Get<NewRepositories>().AddAsync(attic, DeskRig.Admin);

        Render<PlanEditPage>(p => p.AddCascadingValue(DeskRig.Admin)).FindAll("#plan-repository option")
            .Select(o => o.TextContent).ShouldBe(["cellar"]);
    }

    private IRenderedComponent<MachinesCard> Card(Role role) =>
        Render<MachinesCard>(p => p.AddCascadingValue(DeskRig.Actor(role)).Add(c => c.Place, place));

    private async Task AddLaptopAsync()
    {
        await using var db = await rig.DatabaseAsync();
        db.Machines.Add(new() { Id = laptop, Name = "laptop", Host = "laptop" });
        await db.SaveChangesAsync();
    }
}
