using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A repository with one damaged file of each kind: the check finds it and names the snapshots, the way out heals it.
/// </summary>
public sealed class CorruptionTests : IAsyncLifetime
{
    private static readonly Lazy<Task<Sample>> Whole = new(MakeAsync);

    private readonly AgentRig rig = new();
    private Sample sample = null!;
    private ResticTarget place = null!;

    /// <param name="Files">The repository. Old and New share a large file; Other has nothing of theirs.</param>
    private sealed record Sample(Dictionary<string, byte[]> Files, string Old, string New, string Other, string Root);

    public async Task InitializeAsync()
    {
        sample = await Whole.Value;
        Directory.CreateDirectory(rig.In("repo/locks")); // empty, so not among the files
        foreach (var (path, content) in sample.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(rig.In("repo", path))!);
            await File.WriteAllBytesAsync(rig.In("repo", path), content);
        }

        place = await rig.AddRepositoryAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_flipped_bit_in_data_is_found_by_reading_it_and_healed_by_packs_and_a_full_backup()
    {
        var pack = await PackOfAsync(sample.Old, "blob");
        Flip($"data/{pack[..2]}/{pack}");

        var found = await CheckAsync(CheckDepth.Full);
        Damaged(found, [pack], [sample.Old, sample.New], index: false);
        found.Problem!.Why.Full.ShouldBe("1 pack file is damaged or missing; 2 snapshots need it.");

        var preview = await RepairAsync(RepairStep.Packs, [pack], dryRun: true);
        preview.Report.Select(line => line.Full).ShouldBe([$"{sample.Root}/data/large"]);
        File.Exists(rig.In("repo/data", pack[..2], pack)).ShouldBeTrue();
        (await RepairAsync(RepairStep.Packs, [pack])).Packs.ShouldBe([pack]);
        await HealByBackupAsync();
        (await CheckAsync(CheckDepth.Full)).Outcome.ShouldBe(RunOutcome.Succeeded);
        Directory.EnumerateFileSystemEntries(rig.State, $"pack-{pack}", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flipped_bit_in_a_folder_is_found_and_what_needs_it_is_taken_out()
    {
        var pack = await PackOfAsync(sample.New, "tree");
        Flip($"data/{pack[..2]}/{pack}");

        Damaged(await CheckAsync(CheckDepth.Metadata), [pack], [sample.New], index: false);

        await RepairAsync(RepairStep.Packs, [pack]);
        (await RepairAsync(RepairStep.Snapshots, [], dryRun: true)).Snapshots.ShouldBe([sample.New[..8]]);
        (await RepairAsync(RepairStep.Snapshots, [])).Snapshots.ShouldBe([sample.New[..8]]);
        (await CheckAsync(CheckDepth.Full)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_flipped_bit_in_the_index_is_found_and_healed_by_building_it_anew()
    {
        Flip($"index/{Path.GetFileName(Directory.EnumerateFiles(rig.In("repo/index")).First())}");

        Damaged(await CheckAsync(CheckDepth.Metadata), [], [sample.Old, sample.New, sample.Other], index: true);

        (await RepairAsync(RepairStep.Index, [], dryRun: true)).IndexDamaged.ShouldBeTrue();
        await RepairAsync(RepairStep.Index, []);
        (await CheckAsync(CheckDepth.Full)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_snapshot_is_found_and_that_snapshot_is_taken_out()
    {
        Flip($"snapshots/{sample.Other}");

        Damaged(await CheckAsync(CheckDepth.Metadata), [], [sample.Other], index: false);

        (await RepairAsync(RepairStep.Snapshots, [], dryRun: true)).Snapshots.ShouldBe([sample.Other]);
        File.Exists(rig.In("repo/snapshots", sample.Other)).ShouldBeTrue();
        await RepairAsync(RepairStep.Snapshots, []);
        (await CheckAsync(CheckDepth.Metadata)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Theory]
    [InlineData("keys", "What opens the repository is damaged.")]
    [InlineData("config", "This is another repository.")]
    public async Task A_flipped_bit_in_what_opens_the_repository_says_what_to_bring_back(string kind, string what)
    {
        Flip(kind == "config" ? kind : $"keys/{Path.GetFileName(Directory.EnumerateFiles(rig.In("repo/keys")).Single())}");

        var found = await CheckAsync(CheckDepth.Metadata);

        (found.Outcome, found.Problem!.What.Full).ShouldBe((RunOutcome.Failed, what));
        found.Problem.Next.Full.ShouldContain("back from a copy");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_or_cut_off_pack_is_found_without_reading_data_and_healed_by_a_full_backup(bool deleted)
    {
        var pack = await PackOfAsync(sample.Old, "blob");
        var file = rig.In("repo/data", pack[..2], pack);
        if (deleted)
        {
            File.Delete(file);
        }
        else
        {
            await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..1000]);
        }

        Damaged(await CheckAsync(CheckDepth.Metadata), [pack], [sample.Old, sample.New], index: deleted);

        (await RepairAsync(RepairStep.Packs, [pack], dryRun: true)).Packs.ShouldBe([pack]);
        (await RepairAsync(deleted ? RepairStep.Index : RepairStep.Packs, deleted ? [] : [pack])).Packs.ShouldBe([pack]);
        await HealByBackupAsync();
        (await CheckAsync(CheckDepth.Full)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    private static async Task<Sample> MakeAsync()
    {
        await using var rig = new AgentRig();
        var place = await rig.CreateRepositoryAsync();
        rig.WriteNoise("data/large", 2);
        async Task<string> SaveAsync(string source) => (await rig.RunAsync(rig.Backup(place, source))).SnapshotId!;
        var old = await SaveAsync(rig.In("data"));
        var other = await SaveAsync(rig.Write("else/file"));
        rig.Write("data/later");
        var next = await SaveAsync(rig.In("data"));
        return new Sample(Directory.EnumerateFiles(rig.In("repo"), "*", SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(rig.In("repo"), f), File.ReadAllBytes), old, next, other, rig.Root);
    }

    // A pack has either data or folders: the large one holds the shared file, a small one the folders of one snapshot.
    private async Task<string> PackOfAsync(string snapshot, string kind)
    {
        foreach (var file in Directory.EnumerateFiles(rig.In("repo/data"), "*", SearchOption.AllDirectories)
            .OrderByDescending(f => new FileInfo(f).Length))
        {
            var id = Path.GetFileName(file);
            var found = await AgentRig.ShellAsync(
                $"echo {AgentRig.Password} | RESTIC_CACHE_DIR={rig.In("lab-cache")} HOME={rig.Root} {Restic} -r {rig.In("repo")} --password-file /dev/stdin find --pack {id} --no-lock --json", rig.Root);
            if (found.Contains($"\"object_type\":\"{kind}\"", StringComparison.Ordinal)
                && found.Contains(snapshot, StringComparison.Ordinal))
            {
                return id;
            }
        }

        throw new InvalidOperationException($"no pack of a {kind}");
    }

    private static string Restic { get; } = new TimeLocker.Agent.Restic.ResticBinary().FindAsync().GetAwaiter().GetResult().Path;

    private void Flip(string path)
    {
        var file = rig.In("repo", path);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 3] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static void Damaged(Run found, string[] packs, string[] snapshots, bool index)
    {
        (found.Outcome, found.Problem?.What.Full).ShouldBe((RunOutcome.Failed, "The repository is damaged."),
            found.Problem?.ToString());
        var maintenance = found.Result.ShouldNotBeNull().Maintenance.ShouldNotBeNull();
        maintenance.Packs.ShouldBe(packs);
        maintenance.Snapshots.Order().ShouldBe(snapshots.Order());
        maintenance.IndexDamaged.ShouldBe(index);
        maintenance.Errors.ShouldBeGreaterThan(0);
        maintenance.Report.ShouldNotBeEmpty();
    }

    private Task<Run> CheckAsync(CheckDepth depth) =>
        rig.RunAsync(new CheckSpec(depth, 0) { RunId = Guid.CreateVersion7(), Target = place });

    private async Task<MaintenanceResult> RepairAsync(RepairStep step, string[] packs, bool dryRun = false)
    {
        var run = await rig.RunAsync(new RepairSpec(step, packs, dryRun) { RunId = Guid.CreateVersion7(), Target = place });
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        return run.Result.ShouldNotBeNull().Maintenance.ShouldNotBeNull();
    }

    // The same content from another place stores the lost pieces again.
    private async Task HealByBackupAsync()
    {
        rig.WriteNoise("data/large", 2);
        var run = await rig.RunAsync(rig.Backup(place, rig.In("data")) with { Mode = BackupMode.Full });
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
    }
}
