using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// Who may back up, download and restore must not get at the key to all secrets by it, nor plant files where TimeLocker
/// trusts them.
/// </summary>
public sealed class OwnFilesTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.WriteServersState();
        File.CreateSymbolicLink(rig.In("way round"), rig.Root);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("state")]
    [InlineData("way round/state")]
    public async Task A_backup_of_the_state_leaves_its_keys_out(string source)
    {
        var run = await rig.RunAsync(rig.Backup(target, rig.In(source)));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Checks.ShouldContain(c => c.Text.Full.Contains("own keys", StringComparison.Ordinal));
        var saved = (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.In(source), null),
            default)).ShouldNotBeNull();
        saved.Entries.Select(e => e.Name).ShouldContain("timelocker.db");
        saved.Entries.Select(e => e.Name).Intersect(["cache", "keys", "runs", "server.json"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("state/server.json")]
    [InlineData("way round/state/keys")]
    [InlineData("repo")]
    [InlineData("way round/repo/data")]
    public async Task Their_own_path_cannot_be_backed_up_at_all(string source)
    {
        var run = await rig.RunAsync(rig.Backup(target, rig.In(source)));

        (run.Outcome, run.Problem?.What.Full, run.SnapshotId).ShouldBe((RunOutcome.Failed, "This cannot be backed up.", null));
    }

    [Theory]
    [InlineData("state/new")]
    [InlineData("way round/state/runs/new")]
    [InlineData("hooks")]
    public async Task Nothing_is_restored_into_folders_that_TimeLocker_trusts(string folder)
    {
        var saved = await rig.RunAsync(rig.Backup(target, rig.Write("data/a.txt")));
        var run = await rig.RunAsync(new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = saved.SnapshotId!,
            Paths = [rig.In("data/a.txt")],
            Folder = rig.In(folder),
        });

        (run.Outcome, run.Problem?.Why.Full).ShouldBe((RunOutcome.Failed, "The folder belongs to TimeLocker itself."));
        Directory.Exists(rig.In(folder)).ShouldBeFalse();
    }
}
