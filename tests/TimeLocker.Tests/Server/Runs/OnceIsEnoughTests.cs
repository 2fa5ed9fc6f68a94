using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Who asks again for what waits already gets the run that waits.</summary>
public sealed class OnceIsEnoughTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private ClockRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    private RunCoordinator Runs => rig.Get<RunCoordinator>();

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
        var runs = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Runs.StartBackupAsync(plan.Id, new(), DeskRig.Admin)));

        runs.Select(r => r.Id).Distinct().Count().ShouldBeLessThanOrEqualTo(2);
        (await rig.RunsAsync()).Count.ShouldBe(runs.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public async Task What_differs_is_another_run()
    {
        var going = await Runs.StartBackupAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();
        var waiting = await Runs.StartBackupAsync(plan.Id, new(), DeskRig.Admin);

        waiting.Id.ShouldNotBe(going.Id, "what goes on may have read already what was changed since");
        (await Runs.StartBackupAsync(plan.Id, new(), DeskRig.Actor(Role.Operator))).Id.ShouldBe(waiting.Id);
        (await Runs.StartBackupAsync(plan.Id, new() { Mode = BackupMode.Full }, DeskRig.Admin)).Id.ShouldNotBe(waiting.Id);
        (await Runs.StartBackupAsync(plan.Id, new() { Mode = BackupMode.DryRun }, DeskRig.Admin)).Id.ShouldNotBe(waiting.Id);
        (await Runs.StartBackupAsync((await rig.PlanAsync(place, "Photos", null)).Id, new(), DeskRig.Admin)).Id.ShouldNotBe(waiting.Id);
        await Runs.CancelAsync(waiting.Id, DeskRig.Admin);
        (await Runs.StartBackupAsync(plan.Id, new(), DeskRig.Admin)).Id.ShouldNotBe(waiting.Id, "it was cancelled");
    }

    [Fact]
    public async Task Upkeep_is_queued_once_too()
    {
        await Runs.StartBackupAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();

        (await Runs.StartCheckAsync(place.Id, new(), DeskRig.Admin)).Id.ShouldBe((await Runs.StartCheckAsync(place.Id, new(), DeskRig.Admin)).Id);
        (await Runs.StartPruneAsync(place.Id, new(), DeskRig.Admin)).Id.ShouldBe((await Runs.StartPruneAsync(place.Id, new(), DeskRig.Admin)).Id);
        (await Runs.StartPruneAsync(place.Id, new() { MaxUnused = 3 }, DeskRig.Admin)).Id.ShouldNotBe((await Runs.StartPruneAsync(place.Id, new(), DeskRig.Admin)).Id);
    }
}
