using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Who may change a folder above the new one could put a link in its place while restic writes.</summary>
public sealed class RestoreTrustTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;
    private string snapshot = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        foreach (var i in Enumerable.Range(0, 300))
        {
            rig.Write($"docs/{i:000}/f.txt", $"file {i}");
        }

        snapshot = (await rig.RunAsync(rig.Backup(target, rig.In("docs")))).SnapshotId!;
        File.SetUnixFileMode(rig.Root, (UnixFileMode)0b111_101_101);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [SecondUserFact]
    public async Task A_folder_of_another_user_leads_no_restore_of_root_elsewhere()
    {
        // The other user waits until restic is at work, then puts a link in the new folder's place.
        rig.Write("victim/docs/000/f.txt", "important");
        await AgentRig.ShellAsync($"chmod 700 victim; mkdir alice; chown {SecondUser.Id} alice", rig.Root);
        using var racer =
            SecondUser.Start(
                $"cd {rig.In("alice")} && while [ ! -d new ]; do :; done; while ! mv new moved 2>/dev/null; do :; "
                + $"done; ln -s {rig.In("victim")} new; while :; do sleep 1; done");
        var runs = new List<Run>();
        foreach (var verify in (bool[])[false, true])
        {
            runs.Add(await rig.RunAsync(Restore(rig.In("alice/new")) with { Verify = verify }));
        }

        File.ReadAllText(rig.In("victim/docs/000/f.txt")).ShouldBe("important");
        Directory.EnumerateFiles(rig.In("victim"), "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        runs.ShouldAllBe(run => run.Outcome == RunOutcome.Failed);
        runs[0].Problem!.What.Full.ShouldBe("The new folder would not be safe there.");
        runs[0].Problem!.Why.Full.ShouldContain($"{rig.In("alice")} belongs to another user");
        runs[0].Problem!.WithoutNames().ToString().ShouldNotContain("alice", Case.Sensitive,
            "who may not see names of files does not read them here");
    }

    [SecondUserFact]
    public async Task Folders_that_others_may_change_and_links_of_others_are_refused_before_anything_is_made()
    {
        await AgentRig.ShellAsync($"""
            mkdir -p open ours/deep alice/sub sticky; chmod 777 open; chmod 775 ours; chmod 1777 sticky; chown {SecondUser.Id} alice alice/sub
            ln -s ../ours/deep sticky/theirs; chown -h {SecondUser.Id} sticky/theirs; ln -s alice/sub way
            """, rig.Root);
        foreach (var folder in (string[])["open/new", "ours/deep/new", "alice/sub/deeper/new", "sticky/theirs/new", "way/new"])
        {
            foreach (var dry in (bool[])[true, false])
            {
                var run = await rig.RunAsync(Restore(rig.In(folder)) with { DryRun = dry });

                (run.Outcome,
                    run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "The new folder would not be safe there."),
                    folder);
                run.Problem.Next.Full.ShouldContain("Leave the folder empty");
                Directory.Exists(rig.In(folder)).ShouldBeFalse();
            }
        }
    }

    [SecondUserFact]
    public async Task A_folder_like_tmp_is_fine_since_the_new_one_is_ours()
    {
        await AgentRig.ShellAsync("mkdir sticky; chmod 1777 sticky", rig.Root);
        using var racer = SecondUser.Start($"cd {rig.In("sticky")} && while :; do mv new moved 2>/dev/null; done");

        var run = await rig.RunAsync(Restore(rig.In("sticky/new")));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        File.ReadAllText(rig.In("sticky/new/docs/299/f.txt")).ShouldBe("file 299");
    }

    [SecondUserFact]
    public async Task Below_a_folder_of_somebody_else_restic_is_not_started_at_all()
    {
        await AgentRig.ShellAsync($"chown {SecondUser.Id} .", rig.Root);

        var run = await rig.RunAsync(rig.Backup(target, rig.In("docs")));
        var download =
            await Should.ThrowAsync<TimeLocker.Core.ProblemException>(() => rig.Agent.OpenAsync(new(target, snapshot,
                [rig.In("docs/000/f.txt")], TimeLocker.Core.Agents.DownloadFormat.File), default));

        await AgentRig.ShellAsync("chown 0 .", rig.Root);
        (run.Outcome, run.Problem!.What.Full,
            download.Problem.What.Full).ShouldBe((RunOutcome.Failed, "TimeLocker's own folder is not safe.",
                "TimeLocker's own folder is not safe."));
    }

    [Fact]
    public async Task A_folder_that_was_exchanged_meanwhile_fails_the_run()
    {
        var spec = Restore(rig.In("new"));
        var exchanged = false;
        var run = await rig.RunAsync(spec with { Verify = false }, state =>
        {
            if (!exchanged && state.State == RunState.Running)
            {
                exchanged = true;
                Directory.Move(rig.In("new"), rig.In("moved"));
                Directory.CreateDirectory(rig.In("new"));
            }
        });

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "The restore was led elsewhere."));
    }

    [Theory]
    [InlineData("/etc/tl-test/x")]
    [InlineData("/usr/local/tl-test")]
    [InlineData("/lib/systemd/system/tl-test.service.d")]
    [InlineData("/boot/tl-test")]
    [InlineData("/var/spool/cron/tl-test")]
    [InlineData("/root/.ssh/tl-test")]
    [InlineData("/proc/tl-test")]
    [InlineData("/home/anna/.config/systemd/user/tl-test")]
    [InlineData("LINK/tl-test")]
    public async Task Folders_of_the_system_are_for_admins(string folder)
    {
        File.CreateSymbolicLink(rig.In("to-etc"), "/etc");
        var run = await rig.RunAsync(Restore(folder.Replace("LINK", rig.In("to-etc"),
            StringComparison.Ordinal)) with
        { DryRun = true });

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.Why.Full.ShouldContain("Only an Admin may.");
    }

    [Fact]
    public async Task What_an_operator_is_limited_to_is_told_by_the_real_path()
    {
        Directory.CreateDirectory(rig.In("allowed"));
        Directory.CreateDirectory(rig.In("elsewhere"));
        File.CreateSymbolicLink(rig.In("allowed/way-out"), rig.In("elsewhere"));
        foreach (var (folder, good) in ((string, bool)[])[("allowed/new", true), ("allowed/way-out/new", false),
            ("allowed-not/new", false), ("elsewhere/new", false)])
        {
            var run = await rig.RunAsync(Restore(rig.In(folder)) with { Within = [rig.In("allowed")] });

            run.Outcome.ShouldBe(good ? RunOutcome.Succeeded : RunOutcome.Failed, $"{folder}: {run.Problem}");
        }
    }

    private RestoreSpec Restore(string folder) =>
        new()
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = snapshot,
            Paths = [rig.In("docs")],
            Folder = folder,
        };
}
