using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>A machine has done a slot, and nobody here knows: the database was put back from an older copy.</summary>
public sealed class SlotJoinedTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Slot = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task The_slot_is_caught_up_by_what_the_machine_says_of_it_and_nothing_is_saved_twice()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file"));
        var first = await rig.EndAsync(await StartAsync(plan));
        await rig.Get<AuditLog>().TouchAsync(async db =>
        {
            await db.Snapshots.ExecuteDeleteAsync();
            await db.Runs.ExecuteDeleteAsync();
        });

        var again = await rig.EndAsync(await StartAsync(plan));

        (again.Id, again.Outcome, again.SnapshotId).ShouldBe((first.Id, RunOutcome.Succeeded, first.SnapshotId));
        await rig.Get<SnapshotCatalog>().RefreshAsync(place.Id);
        (await rig.Get<SnapshotCatalog>()
            .ListAsync(new() { Repository = place.Id })).Items.ShouldHaveSingleItem().RunId.ShouldBe(first.Id);
    }

    private Task<Run> StartAsync(BackupPlan plan) =>
        rig.Get<BackupRuns>().StartAsync(plan.Id, new() { Cause = RunCause.Schedule, Slot = Slot }, DeskRig.Admin);
}
