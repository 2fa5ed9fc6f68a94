using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core.Notifications;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Runs;
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

        var notice = (await db.Notices.AsNoTracking().Where(n => n.Event == NoticeEvent.Damaged).ToListAsync()).ShouldHaveSingleItem();
        (notice.Level, notice.Title).ShouldBe((NoticeLevel.Error, "TimeLocker's own database is damaged."));
        notice.Text.ShouldContain($"{run.Id}");
    }
}
