using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A cache is a convenience: without one everything goes on, and says so. Without room for temporary files nothing
/// does.
/// </summary>
public sealed class CacheTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/file");
        Directory.CreateDirectory(rig.In("state/cache"));
    }

    public async Task DisposeAsync()
    {
        await AgentRig.ShellAsync($"chattr -R -i {rig.In("state")} 2>&- || true", "/");
        await rig.DisposeAsync();
    }

    private async Task<Run> WithoutCacheAsync(RunSpec spec, string reason)
    {
        var run = await rig.RunAsync(spec);
        run.Outcome.ShouldBe(RunOutcome.Succeeded, $"{spec.GetType().Name}: {run.Problem}");
        run.Checks.Single(check => check.Name == RunCheck.Cache).ShouldSatisfyAllConditions(
            check => check.Level.ShouldBe(CheckLevel.Warning),
            check => check.Text.Full.ShouldStartWith("restic works without its cache, which is slower: "),
            check => check.Text.Full.ShouldContain(reason),
            check => check.Text.Full.ShouldContain(rig.In("state/cache")));
        return run;
    }

    private Task<Run> SaveAsync(string reason) => WithoutCacheAsync(rig.Backup(target, rig.In("data")), reason);

    [MountFact]
    public async Task On_a_read_only_disk_every_kind_of_run_and_question_goes_on()
    {
        using var cache = Mounted.Memory(rig.In("state/cache"), "1m");
        cache.ReadOnly(true);

        var saved = await SaveAsync("its disk is read-only");
        foreach (var spec in (RunSpec[])
                 [
                     new RestoreSpec
                     {
                         RunId = Guid.CreateVersion7(),
                         Target = target,
                         SnapshotId = saved.SnapshotId!,
                         Paths = [rig.In("data/file")],
                         Folder = rig.In("back"),
                     },
                     new StatsSpec { RunId = Guid.CreateVersion7(), Target = target },
                     new PruneSpec(null, null, DryRun: false) { RunId = Guid.CreateVersion7(), Target = target },
                     new TagSpec([saved.SnapshotId!], ["office"], []) { RunId = Guid.CreateVersion7(), Target = target },
                 ])
        {
            await WithoutCacheAsync(spec, "its disk is read-only");
        }

        (await rig.RunAsync(new CheckSpec(CheckDepth.Full, 0)
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
        })).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await rig.Agent.ReadAsync(new ListSnapshots(target), default)
            .ToListAsync()).ShouldHaveSingleItem().Tags.ShouldContain("office");
    }

    [MountFact]
    public async Task On_a_full_disk_it_goes_on()
    {
        using var cache = Mounted.Memory(rig.In("state/cache"), "64k");
        await AgentRig.ShellAsync("cat /dev/zero >cache/fill 2>&- || true", rig.State);

        await SaveAsync("its disk is full");
    }

    [Fact]
    public async Task With_a_file_in_its_place_it_goes_on()
    {
        Directory.Delete(rig.In("state/cache"));
        rig.Write("state/cache");

        await SaveAsync("is a file, not a folder");
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("cache/of-somebody-else")]
    public async Task Where_TimeLocker_may_not_write_it_goes_on(string closed)
    {
        Directory.CreateDirectory(Path.Combine(rig.State, closed));
        await AgentRig.ShellAsync(Environment.IsPrivilegedProcess ? $"chattr +i {closed}" : $"chmod a-w {closed}", rig.State);

        await SaveAsync($"may not write to {Path.Combine(rig.State, closed)}.");
    }

    [Fact]
    public async Task Without_a_place_for_temporary_files_a_run_says_which_place()
    {
        if (Directory.Exists(rig.In("state/tmp")))
        {
            Directory.Delete(rig.In("state/tmp"), recursive: true);
        }

        rig.Write("state/tmp");

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        (run.Outcome, run.Problem?.What.Full,
            run.Problem?.Why.Full).ShouldBe((RunOutcome.Failed, "restic has no place for its temporary files.",
                $"{rig.In("state/tmp")} is a file, not a folder."));
    }
}
