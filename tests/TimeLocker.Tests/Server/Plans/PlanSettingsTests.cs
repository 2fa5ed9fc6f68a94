using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Tests.Core.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>
/// A setting of how a plan backs up is written once, in <see cref="BackupOptions"/>, and reaches every place from
/// there.
/// </summary>
public sealed class PlanSettingsTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public static TheoryData<string> Settings => [.. EachSetting.Paths];

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Each_setting_is_stored_and_read_as_it_was_set()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/papers");
        foreach (var path in EachSetting.Paths)
        {
            var wanted = EachSetting.Changed(path);
            await rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
                NewPlan.From(plan) with { Sources = wanted.Command is null ? plan.Sources : [], Options = wanted },
                DeskRig.Admin);

            var stored = (await rig.Get<PlanCatalog>().GetAsync(plan.Id)).Options;

            EachSetting.Paths.Where(p => !JsonNode.DeepEquals(EachSetting.Value(stored, p),
                EachSetting.Value(wanted, p))).ShouldBeEmpty(path);
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void In_the_API_a_setting_stands_beside_the_name(string path)
    {
        var plan = new NewPlan { Name = "Papers", Options = EachSetting.Changed(path) };

        var json = JsonSerializer.SerializeToNode(plan, ApiJson.Options)!.AsObject();
        var read = json.Deserialize<NewPlan>(ApiJson.Options)!;

        json.ShouldNotContainKey("options");
        JsonNode.DeepEquals(path.Split('.').Aggregate((JsonNode?)json, (node, member) => node?[member]),
            EachSetting.Value(plan.Options, path)).ShouldBeTrue();
        JsonNode.DeepEquals(EachSetting.Value(read.Options, path), EachSetting.Value(plan.Options, path)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_form_that_was_opened_and_saved_changes_no_setting(string path)
    {
        var plan = new NewPlan { Name = "Papers", Options = EachSetting.Changed(path) };

        var wanted = PlanDraft.Of(plan, "UTC").Wanted;

        EachSetting.Paths.Where(p => !JsonNode.DeepEquals(EachSetting.Value(wanted.Options, p),
            EachSetting.Value(plan.Options, p))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("resources", "windows", "conditions", "retries", "command")]
    public void A_group_that_is_given_as_null_is_as_usual(params string[] groups)
    {
        var given = new JsonObject(groups.Select(g => KeyValuePair.Create<string, JsonNode?>(g, null)));

        var read = given.Deserialize<NewPlan>(ApiJson.Options)!;

        JsonSerializer.Serialize(read.Options).ShouldBe(JsonSerializer.Serialize(new BackupOptions()));
    }

    [Fact]
    public async Task Of_two_who_changed_another_setting_each_both_are_told_and_brought_together_setting_by_setting()
    {
        var plans = rig.Get<PlanCatalog>();
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/papers");
        var (read, options) = (NewPlan.From(plan), plan.Options);
        await plans.UpdateAsync(plan.Id,
            read with { Options = options with { OneFileSystem = true, Compression = Compression.Max } },
            DeskRig.Admin.Having(1));

        var mine = read with { Options = options with { Tags = ["mine"], Compression = Compression.Off } };
        var told = (await Should.ThrowAsync<ProblemException>(() => plans.UpdateAsync(plan.Id, mine,
            DeskRig.Admin.Having(1)))).Problem.Meanwhile!;
        var both = TimeLocker.Core.Revisions.Merge.Of(read, NewPlan.From(await plans.GetAsync(plan.Id)), mine,
            new HashSet<string> { "compression" }).Options;

        told.Changes.Select(c => (c.Field, c.Label.Full, c.Words.Full, c.Yours)).ShouldBe(
            [("oneFileSystem", "stay on one file system", "off → on", false),
                ("compression", "compression", "auto → max", true)], ignoreOrder: true);
        (both.OneFileSystem, both.Compression, both.Tags.ShouldHaveSingleItem()).ShouldBe((true, Compression.Max, "mine"));
    }

    [Theory]
    [InlineData("""{"tags":null,"oneFileSystem":true}""")]
    [InlineData("""{"tags":5,"oneFileSystem":true}""")]
    [InlineData("""{"compression":"most","oneFileSystem":true}""")]
    public async Task A_setting_that_is_damaged_costs_none_of_the_others(string stored)
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/papers");
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync("UPDATE Plans SET Options = {0}", stored);

        var read = await db.Plans.AsNoTracking().SingleAsync(p => p.Id == plan.Id);

        UnreadableColumns.In(read).ShouldBeTrue();
        (read.Options.OneFileSystem, read.Options.Tags.Count, read.Options.Compression).ShouldBe((true, 0, Compression.Auto));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Settings_that_are_damaged_as_a_whole_are_as_usual_and_the_plan_is_not_carried_out(string stored)
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Papers", "/papers");
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync("UPDATE Plans SET Options = {0}", stored);

        var run = await rig.BackupAsync(plan);

        (run.Outcome,
            run.Problem!.Why.Full).ShouldBe((TimeLocker.Core.RunOutcome.Failed,
                "TimeLocker's database is damaged where its settings are."));
        var read = await db.Plans.AsNoTracking().SingleAsync(p => p.Id == plan.Id);
        JsonSerializer.Serialize(read.Options).ShouldBe(JsonSerializer.Serialize(new BackupOptions()));
    }
}
