using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>What waits is worked out when its turn comes: what was before it may have changed ids and passwords.</summary>
public sealed class AtItsTurnTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "plan", rig.Write("data/file.txt"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_restore_finds_the_snapshot_to_which_the_runs_before_it_gave_other_ids()
    {
        await rig.BackupAsync(plan);
        var runs = rig.Get<RunCoordinator>();
        for (var n = 1; n <= 2; n++)
        {
            var before = await SnapshotAsync();
            Run restore;
            using (await rig.Get<ExclusiveTurn>()(place.Id, "Held", TimeSpan.FromSeconds(30), default))
            {
                await runs.StartTagAsync(place.Id, new() { Snapshots = [before.Id], Add = [$"tag{n}"] }, DeskRig.Admin);
                restore = await runs.StartRestoreAsync(new() { RepositoryId = place.Id, Snapshot = before.Id, Target = rig.In($"restored{n}") }, DeskRig.Admin);
            }

            var ended = await rig.EndAsync(restore);

            ended.Outcome.ShouldBe(RunOutcome.Succeeded, ended.Problem?.ToString());
            (await SnapshotAsync()).Id.ShouldNotBe(before.Id);
        }
    }

    [Fact]
    public async Task A_key_is_added_and_removed_with_the_password_that_holds_then()
    {
        var turn = rig.Get<ExclusiveTurn>();
        ExclusiveTurn patient = (repository, title, _, ct) => turn(repository, title, TimeSpan.FromMinutes(5), ct); // all three wait for each other
        var keys = ActivatorUtilities.CreateInstance<RepositoryKeys>(rig.Services, patient);
        var passwords = ActivatorUtilities.CreateInstance<PasswordChange>(rig.Services, patient);
        var known = await keys.AddAsync(place.Id, new() { Name = "old" }, DeskRig.Admin);
        Task<ChangedPassword> change;
        Task<CreatedKey> add;
        Task remove;
        using (await turn(place.Id, "Held", TimeSpan.FromSeconds(30), default))
        {
            change = passwords.ChangeAsync(place.Id, new() { Password = new Secret("quite another password") }, DeskRig.Admin);
            add = keys.AddAsync(place.Id, new() { Name = "anna" }, DeskRig.Admin);
            remove = keys.RemoveAsync(place.Id, known.Id, DeskRig.Admin);
            await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunQueue>().State(DeskRig.Admin).Waiting.Count == 3));
        }

        (await change).Left.ShouldBeNull();
        (await add).Name.ShouldBe("anna");
        await remove;
        (await keys.ListAsync(place.Id, DeskRig.Admin)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_password_that_was_changed_on_the_way_is_no_wrong_one()
    {
        var n = 0;
        Task Change(object question) => rig.Get<PasswordChange>().ChangeAsync(place.Id, new() { Password = new Secret($"password number {++n}") }, DeskRig.Admin);

        rig.Agent.Meanwhile = Change;
        await rig.Get<SnapshotCatalog>().RefreshAsync(place.Id);
        rig.Agent.Meanwhile = Change;
        var keys = await rig.Get<RepositoryKeys>().ListAsync(place.Id, DeskRig.Admin);

        (n, keys.Count).ShouldBe((2, 1));
        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).Trouble.ShouldBeNull();
    }

    private async Task<Snapshot> SnapshotAsync() => (await rig.Get<SnapshotCatalog>().ListAsync(new() { Repository = place.Id })).Items.ShouldHaveSingleItem();
}
