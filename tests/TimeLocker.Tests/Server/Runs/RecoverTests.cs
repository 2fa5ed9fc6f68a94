using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>What was removed by mistake is found again, as long as no prune has removed its data.</summary>
public sealed class RecoverTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "plan", Path.GetDirectoryName(rig.Write("data/file.txt"))!);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_removed_snapshot_is_found_again_and_stands_in_the_list()
    {
        var lost = (await rig.BackupAsync(plan)).SnapshotId!;
        rig.Write("data/file.txt", "another content");
        await rig.BackupAsync(plan);
        (await rig.EndAsync(await rig.Get<ForgetRuns>().StartAsync(plan.Id, [lost],
            DeskRig.Admin))).Outcome.ShouldBe(RunOutcome.Succeeded);

        var run = await rig.EndAsync(await rig.Get<RecoverRuns>().StartAsync(place.Id, DeskRig.Admin));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        var made = run.Result!.Maintenance!.Snapshots.ShouldHaveSingleItem();
        await DeskRig.UntilAsync(async () =>
        {
            await using var db = await rig.DatabaseAsync();
            return await db.Snapshots.AnyAsync(s => s.Id.StartsWith(made));
        });
    }

    [Fact]
    public async Task Where_nothing_is_lost_nothing_is_made()
    {
        await rig.BackupAsync(plan);

        var run = await rig.EndAsync(await rig.Get<RecoverRuns>().StartAsync(place.Id, DeskRig.Admin));

        (run.Outcome, run.Result!.Maintenance!.Snapshots.Count).ShouldBe((RunOutcome.Succeeded, 0));
    }

    [Fact]
    public async Task It_is_for_admins() =>
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RecoverRuns>().StartAsync(place.Id,
            DeskRig.Actor(Role.Operator)))).Kind
            .ShouldBe(ProblemKind.Forbidden);
}
