using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Each kind of run that keeps a repository healthy, with the real restic.</summary>
public sealed class MaintenanceTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget place = null!;

    public async Task InitializeAsync() => place = await rig.CreateRepositoryAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_check_reads_the_repository_itself_and_says_that_all_is_well()
    {
        await BackupAsync(rig.WriteNoise("data/a", 3));

        var run = await rig.RunAsync(new CheckSpec(CheckDepth.Full, 0) { RunId = Guid.CreateVersion7(), Target = place });

        (run.Outcome, run.Result!.Maintenance!.Errors).ShouldBe((RunOutcome.Succeeded, 0), run.Problem?.ToString());
        run.Command.ShouldNotBeNull().ShouldContain("check --password-file=/dev/stdin --retry-lock=2m");
        run.Command.ShouldContain("--read-data");
        Directory.EnumerateFileSystemEntries(rig.In("state/runs", run.Id.ToString("N")), "tmp")
            .ShouldBeEmpty("its cache was only for this check");
    }

    [Fact]
    public async Task A_prune_says_what_it_freed_and_its_dry_run_frees_nothing()
    {
        var unwanted = await BackupAsync(rig.WriteNoise("data/a", 3));
        File.Delete(rig.In("repo/snapshots", unwanted));
        await BackupAsync(rig.Write("data/b"));
        var before = Files();

        var dry = await rig.RunAsync(new PruneSpec(0, null, DryRun: true) { RunId = Guid.CreateVersion7(), Target = place });
        dry.Outcome.ShouldBe(RunOutcome.Succeeded, dry.Problem?.ToString());
        dry.Result!.Maintenance!.BytesFreed.ShouldBeGreaterThan(3 << 20);
        Files().ShouldBe(before);

        var real = await rig.RunAsync(new PruneSpec(0, null, DryRun: false) { RunId = Guid.CreateVersion7(), Target = place });
        real.Outcome.ShouldBe(RunOutcome.Succeeded, real.Problem?.ToString());
        (real.Result!.Maintenance!.BytesFreed,
            real.Result.Maintenance.BytesUnused).ShouldBe((dry.Result.Maintenance.BytesFreed, 0));
        real.Result.Maintenance.BytesStored.ShouldBe(new DirectoryInfo(rig.In("repo")).EnumerateFiles("*",
            SearchOption.AllDirectories).Sum(f => f.Length));
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stats_say_how_large_it_is_with_and_without_compression()
    {
        await BackupAsync(rig.Write("data/a", new string('a', 1 << 20)));

        var run = await rig.RunAsync(new StatsSpec { RunId = Guid.CreateVersion7(), Target = place });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Result!.Maintenance!.BytesUncompressed.ShouldBeGreaterThan(1 << 20);
        run.Result.Maintenance.BytesStored.ShouldBeInRange(1000, 1 << 18);
        run.Result.Maintenance.Blobs.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_copy_restores_the_same_bytes_and_a_second_one_has_nothing_to_do()
    {
        var source = rig.WriteNoise("data/a", 3);
        await BackupAsync(source);
        var copy = place with
        {
            Location = rig.In("copy"),
            Folder = rig.In("copy"),
            Password = new Secret("another password of the copy"),
            PinnedConfig = null,
        };
        await rig.Agent.AskAsync(new CreateRepository(copy, place), default);

        var run = await rig.RunAsync(new CopySpec(place) { RunId = Guid.CreateVersion7(), Target = copy });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Result!.Maintenance!.Snapshots.ShouldHaveSingleItem();
        run.Command.ShouldNotBeNull().ShouldContain($"RESTIC_FROM_REPOSITORY={rig.In("repo")}");
        var snapshot = (await rig.Agent.ReadAsync(new ListSnapshots(copy), default).ToListAsync()).ShouldHaveSingleItem();
        var restored = await rig.RunAsync(new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = copy,
            SnapshotId = snapshot.Id,
            Paths = [source],
            Folder = rig.In("back"),
        });
        restored.Outcome.ShouldBe(RunOutcome.Succeeded, restored.Problem?.ToString());
        File.ReadAllBytes(rig.In("back/a")).ShouldBe(File.ReadAllBytes(source));

        var again = await rig.RunAsync(new CopySpec(place) { RunId = Guid.CreateVersion7(), Target = copy });
        (again.Outcome, again.Result!.Maintenance!.Snapshots.Count).ShouldBe((RunOutcome.Succeeded, 0));
    }

    [Fact]
    public async Task Two_accounts_of_the_same_storage_are_refused_before_restic_starts()
    {
        var there = place with { Environment = new Dictionary<string, Secret> { ["AWS_ACCESS_KEY_ID"] = new("one-account") } };
        var here = place with { Environment = new Dictionary<string, Secret> { ["AWS_ACCESS_KEY_ID"] = new("another-account") } };

        var run = await rig.RunAsync(new CopySpec(there) { RunId = Guid.CreateVersion7(), Target = here });

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.Why.Full.ShouldContain("AWS_ACCESS_KEY_ID");
        run.Command.ShouldBeNull();
        run.Problem.ToString().ShouldNotContain("account\"");
    }

    private async Task<string> BackupAsync(params string[] sources) =>
        (await rig.RunAsync(rig.Backup(place, sources))).SnapshotId.ShouldNotBeNull();

    private List<string> Files() => [.. Directory.EnumerateFiles(rig.In("repo"), "*", SearchOption.AllDirectories).Order()];
}
