using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using Xunit;

namespace TimeLocker.Tests.Server.Audit;

/// <summary>Two people on one thing: whoever comes late is told what changed, and overwrites nothing unseen.</summary>
public sealed class RevisionTests : AdminClientTest
{
    [Fact]
    public async Task The_second_of_two_editors_is_told_what_the_first_one_did_and_removes_nothing()
    {
        var plan = await Rig.PlanAsync(await Rig.RepositoryAsync(), "Documents", "/docs");
        (await TagAsync($"plans/{plan.Id}")).ShouldBe("\"1\"");

        using var first = await PutAsync($"plans/{plan.Id}",
            new { name = "Documents", sources = (string[])["/docs", "/srv/perm"], revision = 1 });
        using var second = await PutAsync($"plans/{plan.Id}",
            new { name = "Documents", sources = (string[])["/docs"], tags = (string[])["office"], revision = 1 });

        (first.StatusCode, first.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.OK, "\"2\""));
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var said = (await second.Content.ReadFromJsonAsync<JsonNode>())!;
        said["what"]!.ToString().ShouldBe("“Documents” was changed in the meantime.");
        said["why"]!.ToString().ShouldStartWith("the token “Admin” changed it at ");
        said["why"]!.ToString().ShouldEndWith("sources: + /srv/perm.");
        said["next"]!.ToString().ShouldContain("with revision 2");
        ((int)said["meanwhile"]!["revision"]!).ShouldBe(2);
        var change = said["meanwhile"]!["changes"]!.AsArray().ShouldHaveSingleItem()!;
        (change["field"]!.ToString(), change["words"]!.ToString(),
            (bool)change["yours"]!).ShouldBe(("sources", "+ /srv/perm", false));
        (await Rig.Get<PlanCatalog>().GetAsync(plan.Id)).Sources.ShouldBe(["/docs", "/srv/perm"]);

        using var merged = await PutAsync($"plans/{plan.Id}",
            new
            {
                name = "Documents",
                sources = (string[])["/docs", "/srv/perm"],
                tags = (string[])["office"],
                revision = 2
            });
        merged.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_what_both_have_changed_asks_for_a_choice()
    {
        var plans = Rig.Get<PlanCatalog>();
        var plan = await Rig.PlanAsync(await Rig.RepositoryAsync(), "Documents", "/docs");
        await plans.UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Options = new() { Tags = ["theirs"] }, Sources = ["/docs", "/more"] },
            DeskRig.Admin.Having(1));

        var told = (await RefusedAsync(() => plans.UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Options = new() { Tags = ["mine"] } }, DeskRig.Admin.Having(1)))).Meanwhile!;

        told.Changes.Select(c => (c.Field, c.Yours)).ShouldBe([("sources", false), ("tags", true)], ignoreOrder: true);
        // the same edit twice is none
        (await plans.UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Options = new() { Tags = ["theirs"] }, Sources = ["/docs", "/more"] },
            DeskRig.Admin.Having(1))).Revision.ShouldBe(2);
    }

    [Fact]
    public async Task What_takes_the_place_of_the_whole_has_to_say_of_which_revision()
    {
        var plan = await Rig.PlanAsync(await Rig.RepositoryAsync(), "Documents", "/docs");
        var wanted = new { name = "Documents", sources = (string[])["/other"] };

        using var unsaid = await PutAsync($"plans/{plan.Id}", wanted);
        using var stale = await PutAsync($"plans/{plan.Id}", wanted, "\"7\"");
        using var strange = await PutAsync($"plans/{plan.Id}", wanted, "\"abc\"");
        using var known = await PutAsync($"plans/{plan.Id}", wanted, "W/\"1\""); // as a proxy that compresses makes of it
        using var whatever = await PutAsync($"plans/{plan.Id}", wanted with { name = "Papers" }, "*");
        using var schedule = await PutAsync($"plans/{plan.Id}/schedule", new { schedules = Array.Empty<Schedule>() });
        using var maintenance = await PutAsync($"repositories/{plan.RepositoryId}/maintenance",
            new { maintenanceSchedules = Array.Empty<object>() });

        unsaid.StatusCode.ShouldBe((HttpStatusCode)428);
        (await unsaid.Content.ReadFromJsonAsync<JsonNode>())!["next"]!.ToString().ShouldContain("If-Match");
        stale.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        strange.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (known.StatusCode, whatever.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        (schedule.StatusCode, maintenance.StatusCode).ShouldBe(((HttpStatusCode)428, (HttpStatusCode)428));
    }

    [Fact]
    public async Task What_says_only_what_it_changes_needs_no_revision_and_is_refused_with_a_stale_one()
    {
        var place = await Rig.RepositoryAsync();
        var plan = await Rig.PlanAsync(place, "Documents", "/docs");

        (await PutAsync($"repositories/{place.Id}", new { region = "cellar" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PutAsync($"repositories/{place.Id}",
            new { name = "NAS", revision = 1 })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await PutAsync($"plans/{plan.Id}/retention",
            new { policy = new { keepLast = 3 } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Client.DeleteAsync($"api/v1/plans/{plan.Id}?revision=1")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Client.DeleteAsync($"api/v1/plans/{plan.Id}?revision=2")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task JSON_RPC_says_the_same()
    {
        var plan = await Rig.PlanAsync(await Rig.RepositoryAsync(), "Documents", "/docs");
        await Rig.Get<PlanCatalog>().PauseAsync(plan.Id, null, DeskRig.Admin);

        var refused = await CallAsync("plans.update",
            new { id = plan.Id, name = "Documents", sources = (string[])["/b"], revision = 1 });
        var unsaid = await CallAsync("plans.update", new { id = plan.Id, name = "Documents", sources = (string[])["/b"] });
        var taken = await CallAsync("plans.update",
            new { id = plan.Id, name = "Documents", sources = (string[])["/b"], revision = 2 });

        ((int)refused["error"]!["code"]!).ShouldBe(-32409);
        refused["error"]!["data"]!["meanwhile"]!["changes"]![0]!["field"]!.ToString().ShouldBe("pausedUntil");
        ((int)unsaid["error"]!["code"]!).ShouldBe(-32428);
        ((int)taken["result"]!["revision"]!).ShouldBe(3);
    }

    [Fact]
    public async Task What_a_run_writes_into_a_plan_and_its_repository_is_no_revision()
    {
        var place = await Rig.RepositoryAsync();
        var plan = await Rig.PlanAsync(place, "Documents", Path.GetDirectoryName(Rig.Write("data/file"))!);

        await Rig.BackupAsync(plan);

        var after = await Rig.Get<PlanCatalog>().GetAsync(plan.Id);
        after.LastOutcome.ShouldNotBeNull();
        after.Revision.ShouldBe(1);
        (await Rig.Get<RepositoryCatalog>().GetAsync(place.Id)).Revision.ShouldBe(1);
    }

    [Fact]
    public async Task Policies_channels_rules_and_people_have_revisions_as_well()
    {
        var policy = await Rig.Get<PolicyCatalog>()
            .CreateAsync(new() { Name = "Home", Policy = new() { KeepDaily = 7 } }, DeskRig.Admin);
        var channel = await Rig.Get<ChannelCatalog>()
            .CreateAsync(new()
            {
                Name = "Hook",
                Kind = "webhook",
                Values = new() { ["url"] = "https://example.com/hook" },
            }, DeskRig.Admin);
        var rule = (await Rig.Get<RuleCatalog>().ListAsync(DeskRig.Admin))[0];
        var user = (await Rig.Get<TimeLocker.Server.Identity.UserCatalog>()
            .CreateAsync(new() { Name = "oscar", Role = Role.Viewer, Password = new("correct horse battery") },
            DeskRig.Admin)).Id;
        (string Path, object First, object Late, string Words)[] things =
        [
            ($"policies/{policy.Id}", new { name = "Home", policy = new { keepDaily = 14 }, revision = 1 },
                new { name = "House", policy = new { keepDaily = 7 }, revision = 1 }, "rules: keep daily 7 → 14"),
            ($"channels/{channel.Id}", new { enabled = false, revision = 1 }, new { name = "Other", revision = 1 },
                "in use: on → off"),
            ($"rules/{rule.Id}", new { channelId = channel.Id, events = (string[])["failed"], revision = 1 },
                new { channelId = channel.Id, events = (string[])["missed"], revision = 1 }, "events: − "),
            ($"users/{user}/role", new { role = "operator", revision = 1 }, new { role = "auditor", revision = 1 },
                "role: Viewer → Operator"),
        ];
        foreach (var (path, first, late, words) in things)
        {
            (await PutAsync(path, first)).IsSuccessStatusCode.ShouldBeTrue(path);
            using var refused = await PutAsync(path, late);
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict, path);
            (await refused.Content.ReadAsStringAsync()).ShouldNotBeNull();
            (await refused.Content.ReadFromJsonAsync<JsonNode>())!["why"]!.ToString().ShouldContain(words, Case.Insensitive, path);
        }

        (await TagAsync($"policies/{policy.Id}")).ShouldBe("\"2\"");
    }

    [Fact]
    public async Task Of_two_who_enter_the_same_secret_anew_the_second_is_told_and_no_secret_is()
    {
        var channels = Rig.Get<ChannelCatalog>();
        var channel = await channels.CreateAsync(new()
        {
            Name = "Hook",
            Kind = "webhook",
            Values = new() { ["url"] = "https://example.com/hook" },
        }, DeskRig.Admin);
        object Entering(string key, int revision) => new { values = new { url = $"https://example.com/{key}" }, revision };

        (await PutAsync($"channels/{channel.Id}", Entering("first-key", 1))).Headers.ETag!.Tag.ShouldBe("\"2\"");
        using var refused = await PutAsync($"channels/{channel.Id}", Entering("second-key", 1));
        using var same = await PutAsync($"channels/{channel.Id}", Entering("first-key", 2));

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var told = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        told["why"]!.ToString().ShouldContain("passwords and keys: entered anew");
        told.ToJsonString().ShouldNotContain("-key");
        ((bool)told["meanwhile"]!["changes"]![0]!["yours"]!).ShouldBeTrue();
        same.Headers.ETag!.Tag.ShouldBe("\"2\"", "who enters what is there changes nothing");
    }

    [Fact]
    public async Task Who_comes_after_very_many_changes_is_told_that_they_cannot_be_told()
    {
        var plans = Rig.Get<PlanCatalog>();
        var plan = await Rig.PlanAsync(await Rig.RepositoryAsync(), "Documents", "/docs");
        for (var n = 0; n < 55; n++)
        {
            await (n % 2 == 0 ? plans.PauseAsync(plan.Id, null, DeskRig.Admin) : plans.ResumeAsync(plan.Id, DeskRig.Admin));
        }

        (await RefusedAsync(() => plans.ArchiveAsync(plan.Id,
            DeskRig.Admin.Having(1)))).Why.Full.ShouldContain("what, is not known any more");
        (await RefusedAsync(() => plans.ArchiveAsync(plan.Id, DeskRig.Admin.Having(21)))).Why.Full.ShouldContain("paused until");
        await plans.ArchiveAsync(plan.Id, DeskRig.Admin.Having(20)); // what was changed has been changed back
    }

    [Theory]
    [InlineData(typeof(NewPlan), typeof(BackupPlan), "RepositoryId MachineId Revision")]
    [InlineData(typeof(NewRule), typeof(TimeLocker.Core.Notices.NoticeRule), "Revision")]
    [InlineData(typeof(NewPolicy), typeof(TimeLocker.Core.Retention.NamedPolicy), "Revision")]
    [InlineData(typeof(ChannelChange), typeof(TimeLocker.Core.Notices.Channel), "Revision")]
    [InlineData(typeof(RepositoryChange), typeof(TimeLocker.Core.Repositories.Repository), "Password Revision")]
    public void Whatever_a_request_can_change_is_a_setting_that_counts(Type request, Type thing, string except) =>
        Members(request).Select(p => p.Name).Except(except.Split(' '))
            .Where(name => !Members(thing).Single(p => p.Name == name).IsDefined(typeof(EditedAttribute), false)).ShouldBeEmpty();

    private static IEnumerable<PropertyInfo> Members(Type type) =>
        type.GetProperties().SelectMany(p => p.IsDefined(typeof(FlatAttribute)) ? p.PropertyType.GetProperties() : [p]);

    private static async Task<Problem> RefusedAsync(Func<Task> change)
    {
        var fault = await Should.ThrowAsync<ProblemException>(change);
        fault.Kind.ShouldBe(ProblemKind.Conflict);
        return fault.Problem;
    }

    private async Task<string?> TagAsync(string path) => (await Client.GetAsync($"api/v1/{path}")).Headers.ETag?.Tag;

    private Task<HttpResponseMessage> PutAsync(string path, object body, string? match = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"api/v1/{path}") { Content = JsonContent.Create(body) };
        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        return Client.SendAsync(request);
    }

    private async Task<JsonNode> CallAsync(string method, object parameters) =>
        (await (await Client.PostAsJsonAsync("rpc",
            new { jsonrpc = "2.0", id = 1, method, @params = parameters })).Content.ReadFromJsonAsync<JsonNode>())!;
}
