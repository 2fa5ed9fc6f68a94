using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Secrets;
using TimeLocker.Server;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Secrets;
using TimeLocker.Server.Settings;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

/// <summary>Forms that were open while somebody else saved: what was chosen of each counts, and nothing else is lost.</summary>
public sealed class MergedFormTests : PageContext, IAsyncLifetime
{
    private const string Save = "Use theirs and keep my other changes", Theirs = "Use theirs", Mine = "Keep mine";

    private DeskRig rig = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(rig.Get<Housekeeping>()).AddSingleton(rig.Get<ChannelCatalog>())
            .AddSingleton(rig.Get<RepositoryCatalog>()).AddSingleton(rig.Get<RepositoryChanges>())
            .AddSingleton(rig.Get<PublicAddress>()).AddSingleton(rig.Get<RestoreLimits>()).AddSingleton(rig.Get<ServerOptions>());
    }

    async Task IAsyncLifetime.DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Of_rules_with_several_numbers_mine_and_theirs_can_be_mixed()
    {
        var rules = rig.Get<Housekeeping>();
        var tab = Render<CleanUpTab>(p => p.AddCascadingValue(DeskRig.Admin));
        tab.WaitForElement("#log-days").Change("60");
        tab.Find("#log-count").Change("7");
        tab.Find("#cache-limit").Change("5");
        await rules.ChangePolicyAsync(new() { LogDays = 30, LogCount = 10 }, DeskRig.Admin);

        await tab.Find("form").SubmitAsync();
        await ChooseAsync(tab, "log days", Theirs);
        await ChooseAsync(tab, "log count", Mine);
        await PressAsync(tab, Save);

        (await rules.StateAsync(DeskRig.Admin)).Policy.ShouldBe(new() { LogDays = 30, LogCount = 7, CacheMiB = 5 });
    }

    [Fact]
    public async Task A_secret_that_was_typed_takes_none_of_their_settings_back()
    {
        var channels = rig.Get<ChannelCatalog>();
        var hook = await channels.CreateAsync(new()
        {
            Name = "Hook",
            Kind = "webhook",
            Values = new() { ["url"] = "https://example.com/hook" },
        }, DeskRig.Admin);
        var kind = rig.Get<ChannelKinds>().Of("webhook");
        var form = Render<ChannelForm>(p => p.AddCascadingValue(DeskRig.Admin).Add(c => c.Kind, kind).Add(c => c.Existing, hook));
        form.Find("#field-signingKey").Change("0123456789abcdef");
        form.Find("#channel-name").Input("My hook");
        await channels.UpdateAsync(hook.Id, new() { Values = new() { ["contentType"] = "text/plain" } }, DeskRig.Admin);

        await form.Find("form").SubmitAsync();
        await PressAsync(form, Save);

        var saved = await channels.GetAsync(hook.Id, DeskRig.Admin);
        (saved.Name, saved.Values["contentType"]).ShouldBe(("My hook", "text/plain"));
        (await rig.Get<SecretVault>().FindAsync($"channel:{hook.Id:N}", "signingKey"))!.Reveal().ShouldBe("0123456789abcdef");
    }

    [Fact]
    public async Task Their_connection_and_my_password_come_together()
    {
        var (repositories, place) = (rig.Get<RepositoryCatalog>(), await rig.RepositoryAsync("place"));
        var typed = new Secret("another long password");
        await rig.Get<RepositoryKeys>().AddAsync(place.Id, new() { Name = "mine", Password = typed }, DeskRig.Admin);
        Copy(rig.In("place"), rig.In("theirs"));
        Copy(rig.In("place"), rig.In("mine"));
        var card = Render<RepositoryConnectionCard>(p => p.AddCascadingValue(DeskRig.Admin).Add(c => c.Id, place.Id));
        await PressAsync(card, "Change");
        card.Find("#field-path").Change(rig.In("mine"));
        card.Find("#own-password").Input(typed.Reveal());
        await rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Values = new() { ["path"] = rig.In("theirs") } }, DeskRig.Admin);

        await card.Find("form").SubmitAsync();
        await ChooseAsync(card, "connection", Theirs);
        await PressAsync(card, Save);

        var now = await repositories.GetAsync(place.Id);
        now.Values["path"].ShouldBe(rig.In("theirs"));
        (await rig.Get<RepositoryAccess>().TargetAsync(now, default)).Password.Reveal().ShouldBe(typed.Reveal());
    }

    [Fact]
    public async Task Who_keeps_theirs_over_what_was_told_overwrites_no_later_change_unseen()
    {
        var address = rig.Get<PublicAddress>();
        var tab = Render<GeneralTab>(p => p.AddCascadingValue(DeskRig.Admin));
        tab.Find("#public-address").Change("https://mine.example");
        await address.SetAsync("https://first.example", DeskRig.Admin);
        await tab.Find("form").SubmitAsync();
        await address.SetAsync("https://second.example", DeskRig.Admin);

        await PressAsync(tab, Mine);
        await PressAsync(tab, Save);

        tab.Find("[role=alert]").TextContent.ShouldContain("https://second.example");
        address.State.Public.ShouldBe("https://second.example");
        await PressAsync(tab, Mine);
        await PressAsync(tab, Save);
        address.State.Public.ShouldBe("https://mine.example");
    }

    [Fact]
    public async Task Rules_of_a_plan_and_the_policy_in_their_place_are_one_choice()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Documents", "/docs");
        var (desk, plans) = (rig.Get<RetentionDesk>(), rig.Get<PlanCatalog>());
        var home = await rig.Get<PolicyCatalog>().CreateAsync(new() { Name = "Home", Policy = new() { KeepDaily = 7 } },
            DeskRig.Admin);
        await desk.SetAsync(plan.Id, new() { PolicyId = home.Id }, DeskRig.Admin);

        var refused = await Should.ThrowAsync<ProblemException>(() =>
            desk.SetAsync(plan.Id, new() { Policy = new() { KeepDaily = 3 } }, DeskRig.Admin.Having(plan.Revision)));

        var change = refused.Problem.Meanwhile!.Changes.ShouldHaveSingleItem();
        (change.Field, change.Yours).ShouldBe(("retention", true));
        change.Words.Full.ShouldContain("named policy none → “Home”");
        (await plans.GetAsync(plan.Id)).PolicyId.ShouldBe(home.Id);
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Append(from))
        {
            Directory.CreateDirectory(to + folder[from.Length..]);
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, to + file[from.Length..]);
        }
    }

    private static Task PressAsync(IRenderedComponent<IComponent> form, string text) =>
        form.FindAll("button").First(b => b.TextContent.Trim() == text).ClickAsync(new());

    private static Task ChooseAsync(IRenderedComponent<IComponent> form, string field, string whose) =>
        form.FindAll("[role=alert] li").Single(li => li.TextContent.TrimStart().StartsWith($"{field}:", StringComparison.Ordinal))
            .QuerySelectorAll("button").Single(b => b.TextContent == whose).ClickAsync(new());
}
