using System.Net;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A disk that the system has made read-only after an error, the snapshot of a NAS, a key that may only read: the very
/// moment of a restore.
/// </summary>
public sealed class ReadOnlyRepositoryTests : IAsyncLifetime
{
    // What is not noticed at once would be given up after this time.
    private readonly AgentRig rig = new(patience: TimeSpan.FromMinutes(2));
    private ResticTarget target = null!;
    private string snapshot = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt", "alpha");
        snapshot = (await rig.RunAsync(rig.Backup(target, rig.In("data")))).SnapshotId!;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [MountTheory]
    [InlineData("restore")]
    [InlineData("check")]
    [InlineData("copy")]
    public async Task A_disk_that_is_read_only_is_read_without_a_lock(string kind)
    {
        using var disk = Mounted.Memory(rig.In("disk"), "64m");
        await AgentRig.ShellAsync("cp -a repo disk/repo", rig.Root);
        disk.ReadOnly(true);
        var readOnly = target with { Location = rig.In("disk/repo"), Folder = rig.In("disk/repo") };

        var run = await rig.RunAsync(Spec(kind, readOnly));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Command!.ShouldContain("--no-lock");
        run.Checks.ShouldContain(check => check.Name == "access" && check.Level == CheckLevel.Warning
            && check.Text.Full.Contains("without one"));
    }

    [MountTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backup_to_it_and_a_copy_into_it_are_refused_as_before(bool copy)
    {
        using var disk = Mounted.Memory(rig.In("disk"), "64m");
        await AgentRig.ShellAsync("cp -a repo disk/repo", rig.Root);
        disk.ReadOnly(true);
        var readOnly = target with { Location = rig.In("disk/repo"), Folder = rig.In("disk/repo") };

        var run = await rig.RunAsync(copy ? new CopySpec(target) { RunId = Guid.CreateVersion7(), Target = readOnly }
            : rig.Backup(readOnly, rig.In("data")));

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "The repository cannot be written."));
    }

    [Theory]
    [InlineData("restore", 403)]
    [InlineData("restore", 405)]
    [InlineData("restore", 500)]
    [InlineData("check", 403)]
    [InlineData("check", 405)]
    [InlineData("copy", 403)]
    [InlineData("copy", 405)]
    public async Task A_server_that_takes_no_lock_is_read_without_one(string kind, int refusal)
    {
        await using var server = new ReadOnlyServer(rig.In("repo"), AgentRig.Password, (HttpStatusCode)refusal);

        var run = await rig.RunAsync(Spec(kind, server.Target));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Command!.ShouldContain("--no-lock");
        run.Checks.ShouldContain(check => check.Name == "access" && check.Level == CheckLevel.Warning
            && check.Text.Full.Contains($"({refusal})"));
        server.Refused.ShouldBeInRange(1, 4);
        if (kind == "restore")
        {
            File.ReadAllText(rig.In("out/a.txt")).ShouldBe("alpha");
        }
    }

    [Fact]
    public async Task A_backup_to_such_a_server_still_fails()
    {
        await using var server = new ReadOnlyServer(rig.In("repo"), AgentRig.Password, HttpStatusCode.Forbidden);

        var run = await rig.RunAsync(rig.Backup(server.Target, rig.In("data")));

        (run.Outcome, run.Command!.Contains("--no-lock")).ShouldBe((RunOutcome.Failed, false));
    }

    [Theory]
    [InlineData(true, "Save(<lock/3e0fd185b8>) failed: open /srv/repo/locks/3e0f-tmp-1158: permission denied")]
    [InlineData(true, "Save(<lock/3e0fd185b8>) failed: client.PutObject: Access Denied.")]
    [InlineData(true,
        "Save(<lock/f2a5>) returned error, retrying after 621ms: open /srv/repo/locks/f2a5-tmp-3: read-only file system", "Save(<lock/f2a5>) returned error, retrying after 1.09s: open /srv/repo/locks/f2a5-tmp-5: read-only file system")]
    [InlineData(false,
        "Save(<lock/f2a5>) returned error, retrying after 621ms: unexpected HTTP response (500): 500 Internal Server "
        + "Error", "Save(<lock/f2a5>) operation successful after 1 retries")]
    [InlineData(false,
        "Save(<lock/f2a5>) returned error, retrying after 621ms: dial tcp 127.0.0.1:1: connect: connection refused",
        "Save(<lock/f2a5>) returned error, retrying after 1s: dial tcp 127.0.0.1:1: connect: connection refused")]
    [InlineData(false, "Save(<data/f2a5>) failed: unexpected HTTP response (403): 403 Forbidden")]
    public void Only_a_lock_that_is_refused_is_done_without(bool refused, params string[] lines)
    {
        var errors = new TimeLocker.Agent.Restic.ResticErrors(_ => { }, _ => { });
        errors.Lines.Add(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

        (errors.LockRefused is not null).ShouldBe(refused);
    }

    private RunSpec Spec(string kind, ResticTarget readOnly)
    {
        var id = Guid.CreateVersion7();
        if (kind != "copy")
        {
            return kind == "check" ? new CheckSpec(CheckDepth.Full, 0) { RunId = id, Target = readOnly }
                : new RestoreSpec
                {
                    RunId = id,
                    Target = readOnly,
                    SnapshotId = snapshot,
                    Paths = [rig.In("data/a.txt")],
                    Folder = rig.In("out"),
                };
        }

        FreshRepository.Put(rig.In("copy"), AgentRig.Password);
        return new CopySpec(readOnly)
        {
            RunId = id,
            Target = new()
            {
                Location = rig.In("copy"),
                Folder = rig.In("copy"),
                Password = new Secret(AgentRig.Password),
            },
        };
    }
}
