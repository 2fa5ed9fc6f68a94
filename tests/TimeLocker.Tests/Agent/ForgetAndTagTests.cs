using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Removing snapshots and changing their tags, with the real restic; what it claims is looked at.</summary>
public sealed class ForgetAndTagTests
{
    [Fact]
    public async Task What_is_removed_is_looked_at_and_what_is_gone_already_counts_as_removed()
    {
        await using var rig = new AgentRig();
        var target = await rig.CreateRepositoryAsync();
        var first = await BackupAsync(rig, target, "a");
        var second = await BackupAsync(rig, target, "b");
        var gone = new string('0', 64);

        var run = await rig.RunAsync(new ForgetSpec([first, gone], false) { RunId = Guid.CreateVersion7(), Target = target });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Result!.Changed.ShouldBe(new Dictionary<string, string> { [first] = "", [gone] = "" }, ignoreOrder: true);
        (await rig.Agent.ReadAsync(new ListSnapshots(target), default).ToListAsync()).Select(s => s.Id).ShouldBe([second]);
        rig.Locks.ShouldBeEmpty();
        run.Command!.ShouldContain($"forget --json --password-file=/dev/stdin --retry-lock=2m -- {first}");
    }

    [Fact]
    public async Task A_removal_that_restic_only_claims_is_a_failure()
    {
        var real = (await new ResticBinary().FindAsync()).Path;
        await using var rig = new AgentRig(script: $"if [ \"$1\" = forget ]; then exit 0; fi; exec {real} \"$@\"");
        var target = await rig.CreateRepositoryAsync();
        var id = await BackupAsync(rig, target, "a");

        var run = await rig.RunAsync(new ForgetSpec([id], false) { RunId = Guid.CreateVersion7(), Target = target });

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "Not every snapshot was removed."));
        run.Result!.Changed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_removal_that_was_killed_is_told_by_the_repository_itself()
    {
        var real = (await new ResticBinary().FindAsync()).Path;
        await using var rig =
            new AgentRig(
                script: $"if [ \"$1\" = forget ]; then {real} \"$@\"; kill -9 $PPID $$; fi; exec {real} \"$@\"");
        var target = await rig.CreateRepositoryAsync();
        var id = await BackupAsync(rig, target, "a");

        var run = await rig.RunAsync(new ForgetSpec([id], false) { RunId = Guid.CreateVersion7(), Target = target });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Result!.Changed.Keys.ShouldBe([id]);
    }

    [Fact]
    public async Task A_storage_that_refuses_is_named()
    {
        var real = (await new ResticBinary().FindAsync()).Path;
        await using var rig =
            new AgentRig(
                script: $"if [ \"$1\" = forget ]; then echo 'unable to remove snapshot/abc from the repository' >&2; exit 3; fi; exec {real} \"$@\"");
        var target = await rig.CreateRepositoryAsync();
        var id = await BackupAsync(rig, target, "a");

        var run = await rig.RunAsync(new ForgetSpec([id], false) { RunId = Guid.CreateVersion7(), Target = target });

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "Not every snapshot could be removed."));
        run.Problem.Why.Full.ShouldContain("unable to remove snapshot/abc");
    }

    [Fact]
    public async Task Changed_tags_say_old_and_new_ids()
    {
        await using var rig = new AgentRig();
        var target = await rig.CreateRepositoryAsync();
        var id = await BackupAsync(rig, target, "a");

        var run = await rig.RunAsync(new TagSpec([id], ["audit", "one two"],
            ["never there"])
        { RunId = Guid.CreateVersion7(), Target = target });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        var now = (await rig.Agent.ReadAsync(new ListSnapshots(target), default).ToListAsync()).ShouldHaveSingleItem();
        run.Result!.Changed.ShouldBe(new Dictionary<string, string> { [id] = now.Id });
        (now.Original, now.Tags.Count).ShouldBe((id, 3));
        now.Tags.ShouldContain("one two");
        (await rig.RunAsync(new TagSpec([now.Id], ["audit"], [])
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
        })).Result!.Changed.ShouldBeEmpty("it has that tag already");
    }

    private static async Task<string> BackupAsync(AgentRig rig, ResticTarget target, string name)
    {
        rig.Write($"data/{name}.txt", name);
        return (await rig.RunAsync(rig.Backup(target, rig.In("data")))).SnapshotId.ShouldNotBeNull();
    }
}
