using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>What the server keeps of a repository's maintenance, with the real restic.</summary>
public sealed class MaintenanceDeskTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    private CheckRuns Checks => rig.Get<CheckRuns>();
    private PruneRuns Prunes => rig.Get<PruneRuns>();
    private RepairRuns Repairs => rig.Get<RepairRuns>();
    private CopyRuns Copies => rig.Get<CopyRuns>();
    private StatsRuns Sizes => rig.Get<StatsRuns>();
    private UnlockRuns Unlocks => rig.Get<UnlockRuns>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "plan", Path.GetDirectoryName(rig.Write("data/file.txt"))!);
        await rig.BackupAsync(plan);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_damaged_pack_is_known_until_a_check_proves_it_gone()
    {
        await rig.EndAsync(await Checks.StartAsync(place.Id, new() { Depth = CheckDepth.Part }, DeskRig.Admin));
        (await MaintenanceAsync()).Coverage.Done.ShouldBe([1]);
        Flip();

        var check = await rig.EndAsync(await Checks.StartAsync(place.Id, new() { Depth = CheckDepth.Full },
            DeskRig.Actor(Role.Operator)));
        check.Outcome.ShouldBe(RunOutcome.Failed);
        var found = (await MaintenanceAsync()).Damage.ShouldNotBeNull();
        (found.Packs.Count, found.Snapshots.Count, found.RunId).ShouldBe((1, 1, check.Id));
        await rig.EndAsync(await Checks.StartAsync(place.Id, new(), DeskRig.Admin));
        (await MaintenanceAsync()).Damage.ShouldNotBeNull("a look at the structure alone proves nothing about data");

        await rig.EndAsync(await Repairs.StartAsync(place.Id, new() { Step = RepairStep.Packs }, DeskRig.Admin));
        (await MaintenanceAsync()).Damage!.Packs.ShouldBeEmpty("it is out of the repository");
        await rig.BackupAsync(plan, BackupMode.Full);
        await rig.EndAsync(await Checks.StartAsync(place.Id, new() { Depth = CheckDepth.Full }, DeskRig.Admin));

        var maintenance = await MaintenanceAsync();
        (maintenance.Damage, maintenance.Check!.Outcome).ShouldBe((null, RunOutcome.Succeeded));
        maintenance.Coverage.CompletedAt.ShouldNotBeNull();
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.Where(e => EF.Property<string>(e, "Obj") == $"run:{check.Id}").OrderBy(e => e.Seq)
            .Select(e => EF.Property<string>(e, "Kind")).ToListAsync()).ShouldBe(["run.queued", "run.started",
            "run.failed"]);
    }

    [Fact]
    public async Task A_copy_is_made_kept_up_to_date_and_shows_the_same_snapshots()
    {
        var copy = await rig.Get<NewRepositories>()
            .AddAsync(new()
            {
                Name = "second",
                Values = new() { ["path"] = rig.In("second") },
                Create = true,
                CopyOf = place.Id,
            }, DeskRig.Admin);
        copy.CopyOfId.ShouldBe(place.Id);

        var run = await rig.EndAsync(await Copies.StartAsync(place.Id, new(), DeskRig.Actor(Role.Operator)));

        (run.Outcome, run.RepositoryId,
            run.Title.Full).ShouldBe((RunOutcome.Succeeded, copy.Id, "Copy of place to second"),
            run.Problem?.ToString());
        await DeskRig.UntilAsync(async () => (await GetAsync(copy.Id)).SnapshotCount == 1);
        var kept = await GetAsync(copy.Id);
        (kept.CopiedAt, kept.StoredBytes > 1000).ShouldBe((run.StartedAt, true));
        (await rig.Get<SnapshotCatalog>()
            .ListAsync(new() { Repository = copy.Id })).Items.ShouldHaveSingleItem().PlanId.ShouldBe(plan.Id);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryCatalog>().RemoveAsync(place.Id,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
        (await Should.ThrowAsync<ProblemException>(() => Copies.StartAsync(copy.Id, new(),
            DeskRig.Admin))).Message.ShouldContain("where to copy");
    }

    [Fact]
    public async Task The_size_of_each_day_is_kept_and_prune_and_stats_correct_it()
    {
        var stats = await rig.EndAsync(await Sizes.StartAsync(place.Id, DeskRig.Actor(Role.Operator)));
        var days = await rig.Get<RepositoryCatalog>().GrowthAsync(place.Id, 7);
        days.Count.ShouldBeInRange(1, 2, "the backup may have been before midnight");
        var day = days[^1];
        (day.StoredBytes, day.Snapshots).ShouldBe((stats.Result!.Maintenance!.BytesStored, 1));
        (await MaintenanceAsync()).Blobs.ShouldBe(stats.Result.Maintenance.Blobs);

        var prune = await rig.EndAsync(await Prunes.StartAsync(place.Id, new() { MaxUnused = 0 }, DeskRig.Admin));

        (prune.Outcome, (await MaintenanceAsync()).Prune!.RunId).ShouldBe((RunOutcome.Succeeded, prune.Id),
            prune.Problem?.ToString());
        (await GetAsync(place.Id)).StoredBytes.ShouldBe(prune.Result!.Maintenance!.BytesStored);
    }

    [Fact]
    public async Task What_removes_needs_an_Admin_and_a_storage_that_lets_it()
    {
        (await Should.ThrowAsync<ProblemException>(() => Prunes.StartAsync(place.Id, new(),
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => Repairs.StartAsync(place.Id, new(),
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => Checks.StartAsync(place.Id, new(),
            DeskRig.Actor(Role.Viewer)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => Repairs.StartAsync(place.Id, new() { Step = RepairStep.Packs },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => Repairs.StartAsync(place.Id,
            new() { Step = RepairStep.Packs, Packs = ["--dry-run"] },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.AppendOnly, true));
        }

        (await Should.ThrowAsync<ProblemException>(() => Prunes.StartAsync(place.Id, new(),
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("append-only");
        (await Should.ThrowAsync<ProblemException>(() => Repairs.StartAsync(place.Id, new() { Step = RepairStep.Index },
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("append-only");
        (await rig.EndAsync(await Prunes.StartAsync(place.Id, new() { DryRun = true },
            DeskRig.Actor(Role.Operator)))).Outcome.ShouldBe(RunOutcome.Succeeded, "a dry run removes nothing");
        (await GetAsync(place.Id)).Maintenance.Prune.ShouldBeNull();
    }

    [Fact]
    public async Task Locks_and_unlocks_are_there_for_whom_they_are_meant()
    {
        (await rig.Get<RepositoryChanges>().LocksAsync(place.Id, DeskRig.Actor(Role.Viewer))).ShouldBeEmpty();
        var run = await rig.EndAsync(await Unlocks.StartAsync(place.Id, DeskRig.Actor(Role.Operator)));
        (run.Outcome, run.Result!.Maintenance!.LocksRemoved).ShouldBe((RunOutcome.Succeeded, 0));
    }

    private void Flip()
    {
        // the one with the file, not its folder
        var pack = Directory.EnumerateFiles(rig.In("place/data"), "*", SearchOption.AllDirectories)
            .OrderBy(f => new FileInfo(f).Length).First();
        var bytes = File.ReadAllBytes(pack);
        bytes[5] ^= 1;
        File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(pack, bytes);
    }

    private Task<Repository> GetAsync(Guid id) => rig.Get<RepositoryCatalog>().GetAsync(id);

    private async Task<MaintenanceRecord> MaintenanceAsync() => (await GetAsync(place.Id)).Maintenance;
}
