using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Who asks again for what waits already gets the run that waits.</summary>
public sealed class OnceIsEnoughTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private ClockRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon, "UTC");
        place = await rig.RepositoryAsync("place");
        plan = await rig.PlanAsync(place, "Papers", null);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Sixty_at_once_are_one_that_works_and_one_that_waits()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 60)
            .Select(_ => rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin)));

        runs.Select(r => r.Id).Distinct().Count().ShouldBeLessThanOrEqualTo(2);
        (await rig.RunsAsync()).Count.ShouldBe(runs.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public async Task What_differs_is_another_run()
    {
        var going = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();
        var waiting = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);

        waiting.Id.ShouldNotBe(going.Id, "what goes on may have read already what was changed since");
        (await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Actor(Role.Operator))).Id.ShouldBe(waiting.Id);
        (await rig.Get<BackupRuns>().StartAsync(plan.Id, new() { Mode = BackupMode.Full },
            DeskRig.Admin)).Id.ShouldNotBe(waiting.Id);
        (await rig.Get<BackupRuns>().StartAsync(plan.Id, new() { Mode = BackupMode.DryRun },
            DeskRig.Admin)).Id.ShouldNotBe(waiting.Id);
        (await rig.Get<BackupRuns>().StartAsync((await rig.PlanAsync(place, "Photos", null)).Id, new(),
            DeskRig.Admin)).Id.ShouldNotBe(waiting.Id);
        await rig.Get<RunDesk>().CancelAsync(waiting.Id, DeskRig.Admin);
        (await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin)).Id.ShouldNotBe(waiting.Id, "it was cancelled");
    }

    [Fact]
    public async Task Whoever_asks_gets_no_run_that_the_plans_conditions_may_skip()
    {
        await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();
        var retry = await rig.Get<BackupRuns>().StartAsync(plan.Id, new() { Cause = RunCause.Retry }, DeskRig.Admin);

        (await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin)).Id.ShouldNotBe(retry.Id);
    }

    [Fact]
    public async Task What_is_undone_by_a_run_that_waits_is_done_again()
    {
        await using (var db = await rig.DatabaseAsync())
        {
            db.Snapshots.Add(new()
            {
                RepositoryId = place.Id,
                Id = new('a', 64),
                Time = Noon,
                Host = "here",
                Paths = ["/srv"],
                PlanId = plan.Id,
            });
            await db.SaveChangesAsync();
        }

        await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();
        Task<Run> Tag(bool add) =>
            rig.Get<TagRuns>().StartAsync(place.Id,
                new() { Snapshots = ["aaaa"], Add = add ? ["kept"] : [], Remove = add ? [] : ["kept"] }, DeskRig.Admin);
        var first = await Tag(add: true);
        (await Tag(add: true)).Id.ShouldBe(first.Id);
        rig.Clock.Advance(TimeSpan.FromSeconds(1)); // ids are in the order of time
        await Tag(add: false);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        (await Tag(add: true)).Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task Maintenance_is_queued_once_too()
    {
        await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();

        (await rig.Get<CheckRuns>().StartAsync(place.Id, new(),
            DeskRig.Admin)).Id.ShouldBe((await rig.Get<CheckRuns>().StartAsync(place.Id, new(), DeskRig.Admin)).Id);
        (await rig.Get<PruneRuns>().StartAsync(place.Id, new(),
            DeskRig.Admin)).Id.ShouldBe((await rig.Get<PruneRuns>().StartAsync(place.Id, new(), DeskRig.Admin)).Id);
        (await rig.Get<PruneRuns>().StartAsync(place.Id, new() { MaxUnused = 3 },
            DeskRig.Admin)).Id.ShouldNotBe((await rig.Get<PruneRuns>().StartAsync(place.Id, new(), DeskRig.Admin)).Id);
    }
}
