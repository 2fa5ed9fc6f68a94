using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>One damaged place hides nothing but itself.</summary>
public sealed class UnreadableTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private ClockRig rig = null!;

    public async Task InitializeAsync() => rig = await ClockRig.StartAsync(Noon, "UTC");

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("Outcome", "Succeedgd")]
    [InlineData("State", "Endee")]
    [InlineData("Kind", "Backuq")]
    [InlineData("Cause", "")]
    [InlineData("Request", "{\"$type\":\"backuq\",\"mode\":\"full\"}")]
    [InlineData("Request", "{")]
    [InlineData("Result", "{\"filesTotal\":\"x\"}")]
    [InlineData("Progress", "\u0000")]
    [InlineData("Problem", "{]")]
    [InlineData("Checks", "[{\"kind\":7")]
    [InlineData("QueuedAt", "9223372036854775807")]
    public async Task A_run_with_a_flipped_letter_hides_no_other(string column, string damage)
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("place"), "Papers", null);
        var first = await EndAsync(plan.Id);
        var second = await EndAsync(plan.Id);
        await using (var db = await rig.DatabaseAsync())
        {
            var sql = "UPDATE Runs SET " + column + " = {0} WHERE Id = {1}";
            await db.Database.ExecuteSqlRawAsync(sql, damage, first.ToString().ToUpperInvariant());
        }

        var runs = (await rig.Get<RunHistory>().ListAsync(new(), DeskRig.Admin)).Items;

        runs.Select(r => r.Id).ShouldBe([second, first], ignoreOrder: true, "a time that cannot be read puts it anywhere");
        System.Text.Json.JsonSerializer.Serialize(runs, TimeLocker.Server.Api.ApiJson.Options).ShouldContain(first.ToString());
        runs.Single(r => r.Id == second).Outcome.ShouldBe(RunOutcome.Succeeded);
        await rig.CloseAsync();
        await rig.OpenAsync();
        rig.Get<RunFeed>().Active.ShouldBeEmpty("what cannot be read is not begun");
    }

    [Theory]
    [InlineData("""{"hooks":[{}]}""")]
    [InlineData("""{"excludes":[null,"x"]}""")]
    [InlineData("""{"tags":[null]}""")]
    public async Task A_plan_whose_settings_cannot_be_read_is_shown_and_not_carried_out(string options)
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("place"), "Papers", null);
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Database.ExecuteSqlRawAsync("UPDATE Plans SET Options = {0}", options);
        }

        (await rig.Get<TimeLocker.Server.Plans.PlanCatalog>().ListAsync()).ShouldHaveSingleItem().Name.ShouldBe("Papers");
        var run = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        await DeskRig.UntilAsync(async () => (await rig.RunsAsync()).Single(r => r.Id == run.Id).HasEnded);

        (await rig.RunsAsync()).Single(r => r.Id == run.Id).Problem!.Why.Full.ShouldContain("damaged");
    }

    [Fact]
    public async Task A_damaged_plan_that_was_looked_through_and_saved_is_carried_out_again()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("place"), "Papers", null);
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Database.ExecuteSqlRawAsync("UPDATE Plans SET Options = {0}", """{"hooks":[{}]}""");
        }

        var plans = rig.Get<TimeLocker.Server.Plans.PlanCatalog>();
        await plans.UpdateAsync(plan.Id, TimeLocker.Server.Plans.NewPlan.From(await plans.GetAsync(plan.Id)), DeskRig.Admin);
        await using (var db = await rig.DatabaseAsync())
        {
            (await db.Database.SqlQueryRaw<string>("SELECT json_extract(Options, '$.hooks') AS Value FROM Plans")
                .SingleAsync()).ShouldBe("[]");
            UnreadableColumns.In(await db.Plans.SingleAsync()).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("\"")]
    public async Task Rules_that_cannot_be_read_remove_nothing(string damage)
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync("place"), "Papers", null);
        var desk = rig.Get<RetentionDesk>();
        await desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 9 } }, DeskRig.Admin);
        await rig.Get<AuditLog>().TouchAsync(async db =>
        {
            var host = (await db.Machines.SingleAsync(m => m.Id == plan.MachineId)).Host;
            db.Snapshots.AddRange(Enumerable.Range(1, 4).Select(day => new Snapshot
            {
                RepositoryId = plan.RepositoryId,
                PlanId = plan.Id,
                Id = $"{day}".PadLeft(64, '0'),
                Host = host,
                Time = Noon.AddDays(-day),
                Paths = [.. plan.Sources],
            }));
        });
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Database.ExecuteSqlRawAsync("UPDATE Plans SET Retention = {0}", damage);
        }

        await desk.ApplyAsync(plan.Id, "the look of the day", Actor.System);

        (await desk.PendingAsync(plan.Id)).ShouldBeEmpty();
        var preview = await desk.PreviewAsync(plan.Id, null);
        preview.Remove.ShouldBeEmpty();
        preview.Blocked!.Why.Full.ShouldContain("damaged");
    }

    [Fact]
    public async Task Whatever_a_column_of_words_or_JSON_holds_it_is_read()
    {
        await using var db = await rig.DatabaseAsync();
        var read = 0;
        foreach (var property in db.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            if (property.GetTypeMapping().Converter is { } converter
                && converter.GetType() is { IsGenericType: true, Namespace: "TimeLocker.Server.Data" })
            {
                foreach (var damage in (string[])["", "{", "]", "no word", "{\"a\":", "\"", "-1", "99"])
                {
                    Should.NotThrow(() => converter.ConvertFromProvider(damage),
                        $"{property.DeclaringType.ClrType.Name}.{property.Name}").ShouldNotBeNull();
                    read++;
                }
            }
        }

        read.ShouldBeGreaterThan(200);
    }

    private async Task<Guid> EndAsync(Guid plan)
    {
        var run = await rig.Get<BackupRuns>().StartAsync(plan, new(), DeskRig.Admin);
        await rig.SettleAsync();
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().Current(run.Id) is null));
        return run.Id;
    }
}
