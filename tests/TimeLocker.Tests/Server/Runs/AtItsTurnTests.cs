using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
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
        for (var n = 1; n <= 2; n++)
        {
            var before = await SnapshotAsync();
            Run restore;
            using (await rig.Get<IExclusiveUse>().EnterAsync(place.Id, Text.Verbatim("Held"), TimeSpan.FromSeconds(30), default))
            {
                await rig.Get<TagRuns>().StartAsync(place.Id, new() { Snapshots = [before.Id], Add = [$"tag{n}"] }, DeskRig.Admin);
                restore = await rig.Get<RestoreRuns>()
                    .StartAsync(new()
                    {
                        RepositoryId = place.Id,
                        Snapshot = before.Id,
                        Target = rig.In($"restored{n}"),
                    }, DeskRig.Admin);
            }

            var ended = await rig.EndAsync(restore);

            ended.Outcome.ShouldBe(RunOutcome.Succeeded, ended.Problem?.ToString());
            (await SnapshotAsync()).Id.ShouldNotBe(before.Id);
        }
    }

    [Fact]
    public async Task A_key_is_added_and_removed_with_the_password_that_holds_then()
    {
        var patient = new Patient(rig.Get<IExclusiveUse>());
        var keys = ActivatorUtilities.CreateInstance<RepositoryKeys>(rig.Services, patient);
        var passwords = ActivatorUtilities.CreateInstance<PasswordChange>(rig.Services, patient);
        var known = await keys.AddAsync(place.Id, new() { Name = "old" }, DeskRig.Admin);
        Task<ChangedPassword> change;
        Task<CreatedKey> add;
        Task remove;
        using (await patient.EnterAsync(place.Id, Text.Verbatim("Held"), TimeSpan.FromSeconds(30), default))
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
        Task Change(object question) =>
            rig.Get<PasswordChange>().ChangeAsync(place.Id, new() { Password = new Secret($"password number {++n}") },
                DeskRig.Admin);

        rig.Agent.Meanwhile = Change;
        await rig.Get<SnapshotCatalog>().RefreshAsync(place.Id);
        rig.Agent.Meanwhile = Change;
        var keys = await rig.Get<RepositoryKeys>().ListAsync(place.Id, DeskRig.Admin);

        (n, keys.Count).ShouldBe((2, 1));
        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task A_test_of_the_connection_and_a_new_connection_take_a_changed_password_for_no_wrong_one()
    {
        var repositories = rig.Get<RepositoryCatalog>();
        var n = 0;
        rig.Agent.MeanwhileOf = question => question is TestRepository;
        Task Change(object question) =>
            rig.Get<PasswordChange>().ChangeAsync(place.Id, new() { Password = new Secret($"password number {++n}") },
                DeskRig.Admin);

        rig.Agent.Meanwhile = Change;
        var facts = await rig.Get<RepositoryChanges>().TestAgainAsync(place.Id, DeskRig.Admin);
        rig.Agent.Meanwhile = Change;
        await rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Values = new() { ["path"] = rig.In("place") + "/." } }, DeskRig.Admin);

        (n, facts.State, facts.Problem).ShouldBe((2, RepositoryState.Ready, null));
        (await repositories.GetAsync(place.Id)).Trouble.ShouldBeNull();
    }

    [Theory]
    [InlineData(DownloadFormat.File, "/file.txt")]
    [InlineData(DownloadFormat.Zip, "/file.txt")]
    [InlineData(DownloadFormat.Tar, "/")]
    public async Task Whoever_browses_or_downloads_while_a_snapshot_gets_another_id_gets_what_they_asked_for(
        DownloadFormat format, string what)
    {
        await rig.BackupAsync(plan);
        var (before, browser, folder) = (await SnapshotAsync(), rig.Get<SnapshotBrowser>(),
            Path.GetDirectoryName(plan.Sources[0])!);
        rig.Agent.MeanwhileOf = question => question is ReadTree or FileRequest;

        rig.Agent.Meanwhile = _ => TagAsync(before.Id, "first");
        var page = await browser.FolderAsync(place.Id, before.Id, folder, null, 10, DeskRig.Admin);
        rig.Agent.MeanwhileOf = question => question is FileRequest;
        rig.Agent.Meanwhile = _ => TagAsync(before.Id, "second");
        await using var file = await browser.DownloadAsync(place.Id, before.Id, [what == "/" ? "/" : folder + what],
            format, DeskRig.Admin);
        using var whole = new MemoryStream();
        await file.CopyToAsync(whole);

        page.Items.ShouldHaveSingleItem().Name.ShouldBe("file.txt");
        whole.Length.ShouldBeGreaterThan(0);
        (await Should.ThrowAsync<ProblemException>(() => browser.FolderAsync(place.Id, new string('0', 64), "/", null,
            10, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task A_snapshot_that_is_really_gone_is_said_to_be_gone()
    {
        await rig.BackupAsync(plan);
        var before = await SnapshotAsync();
        rig.Agent.MeanwhileOf = question => question is ReadTree or FileRequest;
        rig.Agent.Meanwhile =
            _ => RunOutsideAsync(target => new ForgetSpec([before.Id], false)
            {
                RunId = Guid.CreateVersion7(),
                Target = target,
            });

        var gone = await Should.ThrowAsync<ProblemException>(() => rig.Get<SnapshotBrowser>().FolderAsync(place.Id,
            before.Id, "/elsewhere", null, 10, DeskRig.Admin));

        gone.Problem.What.Full.ShouldBe("The snapshot is gone.");
    }

    [Fact]
    public async Task A_part_of_an_id_that_a_snapshot_had_first_still_finds_it()
    {
        await rig.BackupAsync(plan);
        var before = await SnapshotAsync();
        await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id, new() { Snapshots = [before.Id], Add = ["x"] },
            DeskRig.Admin));

        var now = await SnapshotAsync();
        now.Id.ShouldNotBe(before.Id);
        (await rig.Get<SnapshotCatalog>().GetAsync(place.Id, before.Id[..12])).Id.ShouldBe(now.Id);
    }

    // As restic itself would from elsewhere: the server does not know of it yet.
    private async Task TagAsync(string id, string tag)
    {
        var listed =
            await rig.Agent.ReadAsync(new ListSnapshots(await rig.Get<RepositoryAccess>().TargetAsync(place, default)),
                default).ToListAsync();
        var now = listed.Single(s => s.Id == id || s.Original == id).Id;
        await RunOutsideAsync(target => new TagSpec([now], [tag], []) { RunId = Guid.CreateVersion7(), Target = target });
    }

    private async Task RunOutsideAsync(Func<ResticTarget, RunSpec> spec)
    {
        var target = await rig.Get<RepositoryAccess>().TargetAsync(place, default);
        await foreach (var said in rig.Agent.RunAsync(spec(target), 0, default))
        {
            (said as RunEnded)?.Outcome.ShouldBe(RunOutcome.Succeeded);
        }
    }

    private async Task<Snapshot> SnapshotAsync() =>
        (await rig.Get<SnapshotCatalog>().ListAsync(new() { Repository = place.Id })).Items.ShouldHaveSingleItem();

    // All three wait for each other.
    private sealed class Patient(IExclusiveUse real) : IExclusiveUse
    {
        public Task<IDisposable> EnterAsync(Guid repository, Text title, TimeSpan patience, CancellationToken ct) =>
            real.EnterAsync(repository, title, TimeSpan.FromMinutes(5), ct);
    }
}
