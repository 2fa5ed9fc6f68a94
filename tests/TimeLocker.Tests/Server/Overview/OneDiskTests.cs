using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Tests.Agent;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Overview;

/// <summary>What is saved to its own disk is never called safe; a copy elsewhere lifts that.</summary>
public sealed class OneDiskTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private Task<Status> StatusAsync() => rig.Get<StatusBoard>().GetAsync();

    /// <summary>With nothing else left to do.</summary>
    private async Task<Repository> PlaceAsync()
    {
        var place = await rig.RepositoryAsync();
        await using var db = await rig.DatabaseAsync();
        await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.RecoveryConfirmedAt, place.CreatedAt));
        return place;
    }

    [Fact]
    public async Task A_plan_on_one_disk_is_never_plainly_safe_until_there_is_a_copy()
    {
        var place = await PlaceAsync();
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file"));
        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);

        var status = await StatusAsync();
        status.Level.ShouldBe(Level.Warning);
        status.Sentence.Full.ShouldNotContain("safe");
        status.Plans.ShouldHaveSingleItem().Level.ShouldBe(Level.Saved);
        status.Exceptions.ShouldContain(item => item.What == "“plan” is on the same disk as its backup."
            && item.Link == $"/repositories/new?copyOf={place.Id}");
        (await rig.Get<PlanCatalog>().GetAsync(plan.Id)).OnOneDisk.ShouldBeTrue();

        var copy = await rig.Get<NewRepositories>()
            .AddAsync(new()
            {
                Name = "copy",
                Values = new() { ["path"] = rig.In("copy") },
                Create = true,
                CopyOf = place.Id,
            }, DeskRig.Admin);
        (await StatusAsync()).Plans[0].Level.ShouldBe(Level.Saved); // nothing is in it yet
        (await rig.EndAsync(await rig.Get<CopyRuns>().StartAsync(place.Id, new() { To = copy.Id },
            DeskRig.Admin))).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await StatusAsync()).Plans[0].Level.ShouldBe(Level.Safe);
    }

    [MountFact]
    public async Task A_plan_whose_files_are_elsewhere_is_safe_again_after_its_next_backup()
    {
        var plan = await rig.PlanAsync(await PlaceAsync(), "plan", rig.Write("data/file"));
        await rig.BackupAsync(plan);
        using var memory = Mounted.Memory(rig.In("data"), "1m");
        rig.Write("data/file");

        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);

        (await StatusAsync()).Plans[0].Level.ShouldBe(Level.Safe);
    }

    [Fact]
    public async Task The_test_of_a_place_says_what_of_the_plans_is_on_its_disk()
    {
        var place = await rig.RepositoryAsync();
        NewRepository other = new() { Name = "other", Values = new() { ["path"] = rig.In("other") }, Create = true };
        await rig.PlanAsync(place, "plan", rig.Write("data/file"), "/proc/self");

        (await rig.Get<NewRepositories>().TestAsync(other, DeskRig.Admin)).SameDisk.ShouldBe([rig.In("data/file")]);
        (await rig.Get<RepositoryChanges>().TestAgainAsync(place.Id,
            DeskRig.Actor(Role.Operator))).SameDisk.ShouldBe([rig.In("data/file")]);
    }
}
