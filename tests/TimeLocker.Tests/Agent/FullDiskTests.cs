using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>No room for what a run writes about itself. Its end is known all the same.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private string restic = "";

    public async Task InitializeAsync()
    {
        restic = (await new ResticBinary().FindAsync()).Path;
        rig.Write("data/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_run_whose_folder_cannot_be_made_ends_and_says_what_to_look_at()
    {
        var target = await rig.CreateRepositoryAsync();
        Directory.Move(rig.In("state", "runs"), rig.In("away"));
        File.WriteAllText(rig.In("state", "runs"), "");

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        File.Delete(rig.In("state", "runs"));
        Directory.Move(rig.In("away"), rig.In("state", "runs"));
        (run.Outcome, run.Problem!.What.Full,
            run.Problem.Next.Full).ShouldBe((RunOutcome.Failed, "The run could not be carried out.",
                "Check TimeLocker's state directory and its disk, then run it again."));
        (await rig.RunAsync(rig.Backup(target, rig.In("data")))).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Theory]
    [InlineData("result.json.new")]
    [InlineData("exit")]
    [InlineData("log.newer")]
    public async Task A_folder_that_refuses_a_runs_last_words_takes_no_end_from_it(string name)
    {
        var target = await rig.CreateRepositoryAsync();
        // a folder: no full disk, but access denied
        rig.StandIn($"""case "$*" in *files-from*) mkdir -p {name}/in;; esac; {restic} "$@" """);
        rig.Restart();
        var spec = rig.Backup(target, rig.In("data"));

        var run = await rig.RunAsync(spec);
        rig.Restart();
        var later = await rig.RunAsync(spec);

        (run.Outcome, later.Outcome).ShouldBe((RunOutcome.Succeeded, RunOutcome.Succeeded));
    }

    [Fact]
    public async Task A_run_is_cancelled_where_its_folder_does_not_take_the_mark()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.StandIn($"""case "$*" in *files-from*) mkdir -p cancelled/in; touch {rig.In("begun")}; while :; do sleep 0.05; done;; esac; exec {restic} "$@" """);
        rig.Restart();
        var spec = rig.Backup(target, rig.In("data"));
        var going = rig.RunAsync(spec);
        await AgentRig.UntilAsync(() => File.Exists(rig.In("begun")));

        await rig.Agent.StopAsync(spec.RunId, default);

        (await going).Outcome.ShouldBe(RunOutcome.Cancelled);
    }

    [Theory]
    [InlineData(0, RunOutcome.Succeeded)]
    [InlineData(3, RunOutcome.Incomplete)]
    [InlineData(1, RunOutcome.Failed)]
    public async Task Where_what_restic_said_is_lost_the_repository_says_whether_the_backup_is_there(int code, RunOutcome outcome)
    {
        var target = await rig.CreateRepositoryAsync();
        rig.StandIn($"""case "$*" in *files-from*) {restic} "$@" >/dev/full; exit {code};; esac; exec {restic} "$@" """);
        rig.Restart();

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        (run.Outcome, run.SnapshotId?.Length).ShouldBe((outcome, outcome == RunOutcome.Failed ? null : 64));
    }

    [MountTheory]
    [InlineData(0, RunOutcome.Succeeded)]
    [InlineData(3, RunOutcome.Incomplete)]
    public async Task A_run_that_goes_on_over_a_full_disk_is_judged_alike_before_and_after_there_is_room(int code,
        RunOutcome outcome)
    {
        using var disk = Mounted.Memory(rig.In("state", "runs"), "1m");
        var target = await rig.CreateRepositoryAsync();
        rig.StandIn($"""case "$*" in *files-from*) touch {rig.In("begun")}; while [ ! -e {rig.In("go")} ]; do sleep 0.05; done; {restic} "$@"; exit {code};; esac; exec {restic} "$@" """);
        rig.Restart();
        var spec = rig.Backup(target, rig.In("data"));
        var going = rig.RunAsync(spec);
        await AgentRig.UntilAsync(() => File.Exists(rig.In("begun")));
        var filler = rig.In("state", "runs", "filler");
        Fill(filler);

        File.WriteAllText(rig.In("go"), "");
        var run = await going;
        File.Delete(filler);
        rig.Restart();
        var later = await rig.RunAsync(spec);

        (run.Outcome, later.Outcome, later.SnapshotId).ShouldBe((outcome, outcome, run.SnapshotId.ShouldNotBeNull()));
        (await rig.RunAsync(spec)).Outcome.ShouldBe(outcome);
    }

    [MountTheory]
    [InlineData("unable to save snapshot: write /somewhere: no space left on device")]
    public async Task What_restic_says_last_is_heard_on_a_full_disk(string words)
    {
        using var disk = Mounted.Memory(rig.In("state", "runs"), "1m");
        var target = await rig.CreateRepositoryAsync();
        rig.StandIn($"""head -c 1000000 /dev/zero >{rig.In("state", "runs", "filler")}; head -c 1000000 /dev/zero >>{rig.In("state", "runs", "filler")}; echo 'Fatal: {words}' >&2; exit 1 """);
        rig.Restart();

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        (run.Outcome, run.Problem?.What.Full).ShouldBe((RunOutcome.Failed, "The disk is full."));
    }

    private static void Fill(string file)
    {
        using var stream = new FileStream(file,
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
        try
        {
            for (var block = new byte[4096]; ;)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
