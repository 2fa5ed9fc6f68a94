using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Locks: whose they are, which may go, and that no run of ours leaves one.</summary>
public sealed class LockTests
{
    [Fact]
    public async Task The_lock_of_a_killed_restic_is_stale_and_unlock_removes_it()
    {
        await using var rig = await AgentRig.SlowAsync(4000);
        var place = await rig.CreateRepositoryAsync();
        var backup = rig.Backup(place, rig.WriteNoise("data/a", 60));
        var work = rig.RunAsync(backup);
        // before, it has a name for the time that it is written
        await AgentRig.UntilAsync(() => rig.Locks.Any(path => Path.GetFileName(path).Length == 64));

        var held = (await rig.Agent.AskAsync(new ListLocks(place), default)).ShouldHaveSingleItem();
        (held.Stale, held.Exclusive, held.Host).ShouldBe((false, false, Environment.MachineName));
        var early = await UnlockAsync(rig, place);
        (early.LocksRemoved, rig.Locks.Count()).ShouldBe((0, 1), "a live lock is nobody's to remove");
        early.Report.ShouldHaveSingleItem().Full.ShouldContain($"process {held.Pid}");

        var left = await File.ReadAllBytesAsync(rig.Locks.Single());
        var name = rig.Locks.Single();
        await rig.Agent.StopAsync(backup.RunId, default);
        (await work).Outcome.ShouldBe(RunOutcome.Cancelled);
        rig.Locks.ShouldBeEmpty();
        await File.WriteAllBytesAsync(name, left); // as a kill leaves it: its program is gone
        (await rig.Agent.AskAsync(new ListLocks(place), default)).ShouldHaveSingleItem().Stale.ShouldBeTrue();

        (await UnlockAsync(rig, place)).LocksRemoved.ShouldBe(1);
        rig.Locks.ShouldBeEmpty();
    }

    public static TheoryData<string> Kinds =>
        ["check", "prune", "index", "snapshots", "packs", "copy", "stats", "unlock", "backup"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Whatever_is_cancelled_at_whatever_moment_leaves_no_lock_and_a_sound_repository(string kind)
    {
        await using var rig = new AgentRig();
        var place = await rig.CreateRepositoryAsync();
        var first = await rig.RunAsync(rig.Backup(place, rig.WriteNoise("data/a", 12)));
        var spec = await SpecAsync(rig, place, kind, first.SnapshotId!);
        var delay = Random.Shared.Next(0, 1400);

        var work = rig.RunAsync(spec);
        await Task.Delay(delay);
        await rig.Agent.StopAsync(spec.RunId, default);
        var run = await work;

        run.Outcome.ShouldBeOneOf(RunOutcome.Cancelled, RunOutcome.Succeeded);
        rig.Locks.ShouldBeEmpty($"{kind} cancelled after {delay} ms");
        foreach (var target in spec is CopySpec ? [place, spec.Target] : (ResticTarget[])[place])
        {
            Directory.EnumerateFiles(Path.Combine(target.Folder!, "locks")).ShouldBeEmpty();
            var check = await rig.RunAsync(new CheckSpec(CheckDepth.Metadata, 0)
            {
                RunId = Guid.CreateVersion7(),
                Target = target,
            });
            check.Outcome.ShouldBe(RunOutcome.Succeeded, $"{kind} cancelled after {delay} ms: {check.Problem}");
        }
    }

    private static async Task<RunSpec> SpecAsync(AgentRig rig, ResticTarget place, string kind, string snapshot)
    {
        var id = Guid.CreateVersion7();
        switch (kind)
        {
            case "check":
                return new CheckSpec(CheckDepth.Full, 0) { RunId = id, Target = place };
            case "prune":
                File.Delete(rig.In("repo/snapshots", snapshot));
                await rig.RunAsync(rig.Backup(place, rig.Write("data/b")));
                return new PruneSpec(0, null, DryRun: false) { RunId = id, Target = place };
            case "index":
                return new RepairSpec(RepairStep.Index, [], DryRun: false) { RunId = id, Target = place };
            case "snapshots":
                return new RepairSpec(RepairStep.Snapshots, [], DryRun: false) { RunId = id, Target = place };
            case "packs":
                return new RepairSpec(RepairStep.Packs,
                    [Path.GetFileName(Directory.EnumerateFiles(rig.In("repo/data"), "*", SearchOption.AllDirectories)
                        .First())], DryRun: false)
                { RunId = id, Target = place };
            case "copy":
                var copy = place with
                {
                    Location = rig.In("copy"),
                    Folder = rig.In("copy"),
                    Password = new Secret("another password of the copy"),
                    PinnedConfig = null,
                };
                await rig.Agent.AskAsync(new CreateRepository(copy, place), default);
                return new CopySpec(place) { RunId = id, Target = copy };
            case "stats":
                return new StatsSpec { RunId = id, Target = place };
            case "unlock":
                return new UnlockSpec { RunId = id, Target = place };
            default:
                return rig.Backup(place, rig.WriteNoise("data/c", 12)) with { RunId = id };
        }
    }

    private static async Task<MaintenanceResult> UnlockAsync(AgentRig rig, ResticTarget place)
    {
        var run = await rig.RunAsync(new UnlockSpec { RunId = Guid.CreateVersion7(), Target = place });
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        return run.Result.ShouldNotBeNull().Maintenance.ShouldNotBeNull();
    }
}
