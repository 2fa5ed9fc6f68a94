using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Shell;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Shell;

public sealed class CommandBoxTests : PageContext, IAsyncLifetime
{
    private DeskRig rig = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        var place = await rig.RepositoryAsync("Vault");
        rig.Write("letters/anna.txt");
        plan = await rig.PlanAsync(place, "Letters", rig.In("letters"));
        foreach (var n in Enumerable.Range(1, 12))
        {
            await rig.PlanAsync(place, $"100% of {n}", rig.In("letters"));
        }

        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(rig.Get<PlanCatalog>()).AddSingleton(rig.Get<RepositoryCatalog>())
            .AddSingleton(rig.Get<AgentRegistry>()).AddSingleton(rig.Get<BackupRuns>()).AddSingleton<CommandList>();
    }

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await rig.DisposeAsync();
    }

    private async Task<IRenderedComponent<CommandBox>> OpenAsync(Role role)
    {
        var box = Render<CommandBox>(p => p.AddCascadingValue(DeskRig.Actor(role)));
        await box.InvokeAsync(box.Instance.OpenAsync);
        return box;
    }

    private static async Task<string[]> TypeAsync(IRenderedComponent<CommandBox> box, string text)
    {
        await box.Find("[role=combobox]").InputAsync(new ChangeEventArgs { Value = text });
        return [.. box.FindAll("[role=option] .name").Select(o => o.TextContent)];
    }

    [Fact]
    public async Task It_finds_plans_repositories_pages_and_actions_by_typing()
    {
        var box = await OpenAsync(Role.Admin);
        (await TypeAsync(box, "lett")).ShouldBe(["Letters", "Run Letters now"]);
        (await TypeAsync(box, "run lett")).ShouldBe(["Run Letters now"]);
        (await TypeAsync(box, "VAULT")).ShouldBe(["Vault", "Restore from Vault"]);
        (await TypeAsync(box, "activ")).ShouldBe(["Activity"]);
        (await TypeAsync(box, "new p")).ShouldBe(["New plan"]);
        (await TypeAsync(box, "100%")).Length.ShouldBe(CommandList.Most);
        (await TypeAsync(box, "1_0")).ShouldBeEmpty();
        box.Find("[role=status]").TextContent.ShouldBe(
            "No plan, repository, machine, page or action has “1_0” in its name. Files inside snapshots are not "
            + "searched here yet: open Restore, choose a day, and open its folders.");
    }

    [Fact]
    public async Task A_role_is_offered_only_what_it_may_do()
    {
        var box = await OpenAsync(Role.Viewer);
        (await TypeAsync(box, "letters")).ShouldBe(["Letters"]);
        (await TypeAsync(box, "add repository")).ShouldBeEmpty();
        (await TypeAsync(box, "users")).ShouldBeEmpty();
        (await TypeAsync(box, "sign")).ShouldBe(["Sign out"]);
    }

    [Fact]
    public async Task The_keyboard_alone_chooses_and_does()
    {
        var box = await OpenAsync(Role.Operator);
        await TypeAsync(box, "lett");
        var field = box.Find("[role=combobox]");
        field.GetAttribute("aria-activedescendant").ShouldBe("command-0");
        await field.KeyDownAsync(new KeyboardEventArgs { Key = "ArrowDown" });
        box.Find("[role=option][aria-selected=true]").TextContent.ShouldContain("Run Letters now");
        await field.KeyDownAsync(new KeyboardEventArgs { Key = "ArrowUp" });
        await field.KeyDownAsync(new KeyboardEventArgs { Key = "Enter" });
        Services.GetRequiredService<NavigationManager>().Uri.ShouldEndWith($"/plans/{plan.Id}");

        await TypeAsync(box, "run letters");
        await box.Find("[role=combobox]").KeyDownAsync(new KeyboardEventArgs { Key = "Enter" });
        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain("/runs/");
    }
}
