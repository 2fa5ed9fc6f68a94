using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using TimeLocker.Tests.Agent;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

/// <summary>Repositories that were there before TimeLocker.</summary>
public sealed class AdoptionTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("place/")]
    [InlineData("place//")]
    [InlineData("./place/.")]
    [InlineData("link")]
    [InlineData("mirror")]
    public async Task One_repository_is_not_added_twice_however_its_place_is_written(string way)
    {
        var password = await PasswordAsync(await rig.RepositoryAsync());
        await AgentRig.ShellAsync("ln -s place link; cp -a place mirror", rig.Root);

        var refusal = await Should.ThrowAsync<ProblemException>(() => AdoptAsync("again", $"{rig.Root}/{way}", password));

        (refusal.Kind, refusal.Problem.What.Full).ShouldBe((ProblemKind.Conflict, "This repository is already in TimeLocker."));
        (await rig.Get<RepositoryCatalog>().ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_who_adopt_it_at_once_have_it_once()
    {
        FreshRepository.Put(rig.In("place"), AgentRig.Password);
        await AgentRig.ShellAsync("ln -s place link", rig.Root);

        var both = await Task.WhenAll(((string[])["place",
            "link"]).Select(async way =>
                await TimeLocker.Server.Kit.Attempt.Bare.ProblemOf(() => AdoptAsync(way, rig.In(way)))));

        both.Count(problem => problem is null).ShouldBe(1);
    }

    [Fact]
    public async Task Right_after_it_was_adopted_its_snapshots_are_waited_for()
    {
        var place = await rig.RepositoryAsync();
        var run = await rig.BackupAsync(await rig.PlanAsync(place, "plan", rig.Write("data/file.txt")));
        var password = await PasswordAsync(place);
        await AgentRig.ShellAsync("cp -a place away; rm -rf place", rig.Root);
        foreach (var plan in await rig.Get<TimeLocker.Server.Plans.PlanCatalog>().ListAsync())
        {
            await rig.Get<TimeLocker.Server.Plans.PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        }

        await rig.Get<RepositoryCatalog>().RemoveAsync(place.Id, DeskRig.Admin);
        var adopted = await AdoptAsync("away", rig.In("away"), password);

        var restore = await rig.Get<RestoreRuns>()
            .StartAsync(new()
            {
                RepositoryId = adopted.Id,
                At = TimeProvider.System.GetUtcNow(),
                Target = rig.In("restored"),
            }, DeskRig.Admin);

        ((RestoreRequest)restore.Request).SnapshotId.ShouldBe(run.SnapshotId);
        (await rig.EndAsync(restore)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_list_that_was_never_read_is_not_called_empty()
    {
        FreshRepository.Put(rig.In("place"), AgentRig.Password);
        var adopted = await AdoptAsync("place", rig.In("place"));
        await rig.Get<SnapshotLists>().UntilListedAsync(adopted.Id, default);
        await using (var db = await rig.DatabaseAsync())
        {
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(db.Database,
                "UPDATE Repositories SET RefreshedAt = NULL");
        }

        await AgentRig.ShellAsync("mv place gone", rig.Root);
        var asked = rig.Get<SnapshotLists>().UntilListedAsync(adopted.Id, default);
        asked.IsCompleted.ShouldBeFalse();
        await rig.Get<SnapshotCatalog>().RefreshAsync(adopted.Id);

        (await Should.ThrowAsync<ProblemException>(() => asked)).Kind.ShouldBe(ProblemKind.Unavailable);
    }

    private Task<Repository> AdoptAsync(string name, string path, string? password = null) =>
        rig.Get<NewRepositories>()
            .AddAsync(new()
            {
                Name = name,
                Values = new() { ["path"] = path },
                Password = password ?? AgentRig.Password,
            }, DeskRig.Admin);

    private async Task<string> PasswordAsync(Repository place) =>
        (await rig.Get<RecoveryDesk>().KitAsync(place.Id, DeskRig.Admin)).Password;
}
