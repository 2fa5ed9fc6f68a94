using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>Who looks after a TimeLocker hears that its own database is damaged.</summary>
public sealed class DamageNoticeTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_row_that_cannot_be_read_is_told_once()
    {
        var run = await rig.BackupAsync(await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt")));
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync("UPDATE Runs SET Outcome = {0}", "Succeedgd");

        for (var times = 0; times < 2; times++)
        {
            (await rig.Get<RunHistory>().ListAsync(new(), DeskRig.Admin)).Items.ShouldHaveSingleItem();
            await rig.Get<StateWatch>().LookAsync(default);
        }

        var notice = (await db.Notices.AsNoTracking().Where(n => n.Event == NoticeEvent.Damaged)
            .ToListAsync()).ShouldHaveSingleItem();
        (notice.Level, notice.Title.Full).ShouldBe((NoticeLevel.Error, "TimeLocker's own database is damaged."));
        notice.Text.Full.ShouldContain($"{run.Id}");
    }

    [Fact]
    public async Task A_page_of_a_large_database_that_holds_nothing_is_found_beside_the_running_server_and_backups_go_on()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
        await using (var db = await rig.DatabaseAsync())
        {
            var page = await db.Database.SqlQueryRaw<long>(
                "SELECT rootpage AS Value FROM sqlite_master WHERE name = 'Pins'").SingleAsync();
            rig.Options = rig.Options with { LookedAtBeforeStart = 0 };
            await rig.RestartAsync(meanwhile: () => Zero(rig.Options.DatabaseFile, page));
        }

        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<DatabaseWatch>().Damage is not null));
        rig.Get<DatabaseWatch>().Damage!.Why.Full.ShouldContain("Pins");
        await rig.Get<StateWatch>().LookAsync(default);
        await using var again = await rig.DatabaseAsync();
        (await again.Notices.AsNoTracking().SingleAsync(n => n.Event == NoticeEvent.Damaged)).Text.Full.ShouldContain("Pins");
        using var client = await rig.ClientAsync(Role.Viewer);
        using var pins = await client.GetAsync("api/v1/pins");
        ((int)pins.StatusCode).ShouldBe(503);
        (await pins.Content.ReadAsStringAsync()).ShouldContain("is damaged");
        (await client.GetAsync("api/v1/plans")).IsSuccessStatusCode.ShouldBeTrue();

        var run = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        (await rig.EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded,
            "what is counted from it reads the pins, and cannot; it ends all the same");

        await rig.RestartAsync(); // what is not damaged has not become so
    }

    private static void Zero(string file, long page)
    {
        SqliteConnection.ClearAllPools();
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Position = (page - 1) * 4096;
        stream.Write(new byte[4096]);
    }

    [Fact]
    public async Task A_row_that_is_whole_again_is_told_no_more()
    {
        var watch = rig.Get<DatabaseWatch>();
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
        await using var db = await rig.DatabaseAsync();
        var mended = new List<(string Damage, string Mend)>
        {
            ("UPDATE Plans SET Options = '[x'", "UPDATE Plans SET Options = '{{}}'"),
            ("UPDATE Plans SET Sources = 'x'", "UPDATE Plans SET Sources = '[]'"),
            ("UPDATE Plans SET Id = 'x'", $"UPDATE Plans SET Id = '{plan.Id.ToString().ToUpperInvariant()}'"),
        };
        foreach (var (damage, mend) in mended)
        {
            await db.Database.ExecuteSqlRawAsync(damage);
            (await rig.Get<PlanCatalog>().ListAsync()).ShouldHaveSingleItem();
            (await watch.RowsAsync(default)).ShouldHaveSingleItem(damage).ShouldStartWith("BackupPlan ");

            await db.Database.ExecuteSqlRawAsync(mend);

            (await watch.RowsAsync(default)).ShouldBeEmpty(damage);
        }
    }
}
