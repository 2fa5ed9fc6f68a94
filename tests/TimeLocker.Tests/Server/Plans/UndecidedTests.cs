using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Background;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>What is due and cannot be decided (a locked database, a full disk) stays due, and whoever looks is told.</summary>
public sealed class UndecidedTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = new("0 * * * *", "UTC");

    private ClockRig rig = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon.AddMinutes(-10), "UTC");
        place = await rig.RepositoryAsync("place");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_plan_whose_slot_could_not_be_decided_is_decided_at_the_next_look_and_others_are_at_once()
    {
        var bad = await rig.PlanAsync(place, "Bad", null, Hourly);
        await rig.PlanAsync(await rig.RepositoryAsync("other"), "Good", null, Hourly);
        await SqlAsync(
            $"CREATE TRIGGER no_run BEFORE INSERT ON Runs WHEN NEW.Title = 'Bad' BEGIN SELECT RAISE(ABORT, 'not today'); END");
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        await Should.ThrowAsync<Exception>(() => rig.Get<DuePlans>().LookAsync(default));

        (await rig.RunsAsync()).Select(r => r.Title.Full).ShouldBe(["Good"]);
        var told = await Should.ThrowAsync<PartlyDone>(() => rig.Get<ScheduleWork>().RunAsync(asked: false, default));
        told.Next.ShouldBe(rig.Clock.GetUtcNow().AddMinutes(1), "the others' moments are not waited past");
        rig.Get<DuePlans>().CanWait().ShouldBeFalse();
        await SqlAsync("DROP TRIGGER no_run");
        await rig.LookAsync();
        (await rig.RunsAsync(bad.Id)).Single().Slot.ShouldBe(Noon);
    }

    [Fact]
    public async Task Maintenance_that_could_not_be_decided_is_decided_at_the_next_look()
    {
        await rig.Get<RepositoryCatalog>().SetMaintenanceAsync(place.Id, [new(RunKind.Stats, Hourly)],
            DeskRig.Admin.Having(place.Revision));
        await SqlAsync("CREATE TRIGGER no_run BEFORE INSERT ON Runs BEGIN SELECT RAISE(ABORT, 'not today'); END");
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        await Should.ThrowAsync<Exception>(() => rig.Get<DueMaintenance>().LookAsync(default));

        rig.Get<DueMaintenance>().CanWait().ShouldBeFalse();
        await SqlAsync("DROP TRIGGER no_run");
        await rig.LookAsync();
        (await rig.RunsAsync()).Single().Slot.ShouldBe(Noon);
    }

    private async Task SqlAsync(string sql)
    {
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
