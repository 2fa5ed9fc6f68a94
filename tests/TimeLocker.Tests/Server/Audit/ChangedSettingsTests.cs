using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using Xunit;

namespace TimeLocker.Tests.Server.Audit;

/// <summary>The audit trail says of each changed setting what it was and what it became.</summary>
public sealed class ChangedSettingsTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task An_edited_plan_is_told_setting_by_setting()
    {
        var (plans, plan) = (rig.Get<PlanCatalog>(), await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/papers"));
        var wanted = NewPlan.From(plan) with
        {
            Sources = ["/papers", "/letters"],
            TargetHours = 24,
            Options = plan.Options with
            {
                OneFileSystem = true,
                Resources = new() { Upload = 500 },
                Hooks = [new(HookMoment.After, "start-shop")],
            },
        };

        await plans.UpdateAsync(plan.Id, wanted, DeskRig.Admin);

        await LastAsync("plan.changed", $"plan:{plan.Id}", """
            {"sources":{"before":["/papers"],"after":["/papers","/letters"]},
             "oneFileSystem":{"before":false,"after":true},
             "resources.upload":{"before":null,"after":500},
             "hooks":{"before":[],"after":[{"when":"after","file":"start-shop","limitSeconds":300,"onFailure":"stop"}]},
             "targetHours":{"before":null,"after":24}}
            """);
        await plans.ScheduleAsync(plan.Id, [new("0 20 * * *", "UTC")], null, null, DeskRig.Admin);
        await LastAsync("plan.changed", $"plan:{plan.Id}",
            """{"schedules":{"before":[],"after":[{"cron":"0 20 * * *","zone":"UTC"}]}}""");
        await plans.PauseAsync(plan.Id, null, DeskRig.Admin);
        (await LastAsync("plan.paused", $"plan:{plan.Id}")).ShouldHaveSingleItem().Key.ShouldBe("pausedUntil");
        await rig.Get<RetentionDesk>().SetAsync(plan.Id, new() { Policy = new() { KeepDaily = 7 } }, DeskRig.Admin);
        (await LastAsync("plan.retention-set", $"plan:{plan.Id}"))["retention"]!["after"]!["keepDaily"]!.ToString().ShouldBe("7");
        await rig.Get<RetentionDesk>().SetAsync(plan.Id, new() { Policy = new() { KeepDaily = 9 } }, DeskRig.Admin);
        await LastAsync("plan.retention-set", $"plan:{plan.Id}", """{"retention.keepDaily":{"before":7,"after":9}}""");
    }

    [Fact]
    public async Task What_a_new_one_begins_with_is_told_and_an_edit_that_changes_nothing_tells_nothing()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/papers");

        var told = await LastAsync("plan.created", $"plan:{plan.Id}");
        (told["name"]!.ToJsonString(),
            told["sources"]!["after"]!.ToJsonString()).ShouldBe(("""{"before":null,"after":"Papers"}""",
                """["/papers"]"""));
        told.Select(t => t.Key).ShouldNotContain("tags");
        await rig.Get<PlanCatalog>().UpdateAsync(plan.Id, NewPlan.From(plan), DeskRig.Admin);
        (await LastAsync("plan.changed", $"plan:{plan.Id}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_how_people_are_reached_and_of_secrets_only_that_they_were_changed()
    {
        var (channels, place) = (rig.Get<ChannelCatalog>(), await rig.RepositoryAsync());
        var channel = await channels.CreateAsync(new()
        {
            Name = "Annas phone",
            Kind = "webhook",
            Values = new() { ["url"] = "https://example.com/anna" },
        }, DeskRig.Admin);
        await channels.UpdateAsync(channel.Id,
            new()
            {
                Name = "Annas tablet",
                Values = new() { ["url"] = "https://example.com/anna-2", ["contentType"] = "text/plain" },
                Enabled = false,
            }, DeskRig.Admin);
        await LastAsync("channel.changed", $"channel:{channel.Id}",
            """{"name":true,"values":true,"enabled":{"before":true,"after":false},"secrets":true}""");

        await rig.Get<RepositoryChanges>().UpdateAsync(place.Id, new() { Region = "office cellar" }, DeskRig.Admin);
        await LastAsync("repository.changed", $"repository:{place.Id}", """{"region":{"before":"","after":"office cellar"}}""");

        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.Select(e => e.Body)
            .ToListAsync()).ShouldAllBe(body => !body.Contains("anna", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Policies_rules_people_and_settings_are_told_alike()
    {
        var policies = rig.Get<PolicyCatalog>();
        var policy = await policies.CreateAsync(new() { Name = "Home", Policy = new() { KeepDaily = 7 } }, DeskRig.Admin);
        await policies.UpdateAsync(policy.Id, new() { Name = "Home", Policy = new() { KeepDaily = 14 } }, DeskRig.Admin);
        await LastAsync("policy.changed", $"policy:{policy.Id}", """{"policy.keepDaily":{"before":7,"after":14}}""");

        var channel = await rig.Get<ChannelCatalog>()
            .CreateAsync(new()
            {
                Name = "Hook",
                Kind = "webhook",
                Values = new() { ["url"] = "https://example.com/hook" },
            }, DeskRig.Admin);
        var rule = await rig.Get<RuleCatalog>()
            .CreateAsync(new()
            {
                Name = "One",
                ChannelId = channel.Id,
                Events = [TimeLocker.Core.Notices.NoticeEvent.Failed],
            }, DeskRig.Admin);
        await rig.Get<RuleCatalog>().UpdateAsync(rule.Id,
            new()
            {
                Name = "Another",
                ChannelId = rule.ChannelId,
                Events = rule.Events,
                FromTheTime = 3,
                Digest = rule.Digest,
            }, DeskRig.Admin);
        var told = await LastAsync("rule.changed", $"rule:{rule.Id}");
        (told["name"]!.ToJsonString(),
            told["fromTheTime"]!.ToJsonString()).ShouldBe(("true", $$"""{"before":{{rule.FromTheTime}},"after":3}"""));

        var user = (await rig.Get<UserCatalog>()
            .CreateAsync(new() { Name = "oscar", Role = Role.Viewer, Password = new("correct horse battery") },
            DeskRig.Admin)).Id;
        await rig.Get<UserCatalog>().ChangeRoleAsync(user, Role.Operator, DeskRig.Admin);
        await LastAsync("user.role-changed", $"user:{user}", """{"role":{"before":"viewer","after":"operator"}}""");

        await rig.Get<Housekeeping>().ChangePolicyAsync(new() { LogDays = 30 }, DeskRig.Admin);
        (await LastAsync("cleanup.policy-changed", "setting:cleanup.policy"))["logDays"]!["after"]!.ToString().ShouldBe("30");
    }

    private async Task LastAsync(string kind, string thing, string changed)
    {
        var told = await LastAsync(kind, thing);
        JsonNode.DeepEquals(told, JsonNode.Parse(changed)).ShouldBeTrue(told.ToJsonString());
    }

    private async Task<JsonObject> LastAsync(string kind, string thing)
    {
        await using var db = await rig.DatabaseAsync();
        var bodies = await db.AuditEntries.Where(e => EF.Property<string>(e, "Obj") == thing)
            .OrderByDescending(e => e.Seq).Select(e => e.Body).ToListAsync();
        var last = JsonNode.Parse(bodies.First(body => JsonNode.Parse(body)!["kind"]!.ToString() == kind))!;
        return last["data"]?["changed"]?.AsObject() ?? [];
    }
}
