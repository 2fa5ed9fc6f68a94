using System.Text;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What a program prints, saved as a file: a database's dump.</summary>
public sealed class CommandSourceTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    public async Task InitializeAsync() => target = await rig.CreateRepositoryAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private BackupSpec Dump(string script)
    {
        rig.WriteHook("dump-shop", script);
        return rig.Backup(target) with
        {
            Options = new()
            {
                Command = new CommandSource("dump-shop",
            "/dumps/shop.sql")
            },
            PlanName = "Shop",
            ExpectedFiles = 1000
        };
    }

    private async Task<string> ReadAsync(string snapshot)
    {
        await using var file = await rig.Agent.OpenAsync(new FileRequest(target, snapshot, ["/dumps/shop.sql"],
            DownloadFormat.File), default);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task What_it_prints_is_the_file_and_what_it_says_is_in_the_log()
    {
        var spec = Dump("echo 'INSERT INTO shop;'; echo '1 table' >&2");

        var run = await rig.RunAsync(spec);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        (run.Result!.FilesTotal, run.Result.BytesTotal).ShouldBe((1, 18));
        run.Checks.Single(check =>
            check.Name == "command").Text.Full.ShouldBe("What “dump-shop” prints is saved as /dumps/shop.sql.");
        run.Checks.ShouldNotContain(check => check.Name == "sources" || check.Name == RunCheck.Shrunken);
        (await rig.LogAsync(spec.RunId)).ShouldContain("dump-shop: 1 table");
        (await ReadAsync(run.SnapshotId!)).ShouldBe("INSERT INTO shop;\n");

        var restored = await rig.RunAsync(new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = run.SnapshotId!,
            Paths = ["/dumps/shop.sql"],
            Folder = rig.In("back"),
        });
        restored.Outcome.ShouldBe(RunOutcome.Succeeded, restored.Problem?.ToString());
        Directory.EnumerateFiles(rig.In("back"), "shop.sql", SearchOption.AllDirectories).Select(File.ReadAllText)
            .ShouldHaveSingleItem().ShouldBe("INSERT INTO shop;\n");
    }

    [Fact]
    public async Task It_sees_no_secret_of_restics_in_its_environment_its_files_or_its_input()
    {
        var spec = Dump(
            "env; cat; ls -l /proc/self/fd; for fd in /proc/self/fd/*; do timeout 1 cat \"$fd\" 2>/dev/null; done </dev/null | head -c 10000") with
        { };
        spec = spec with
        {
            Target = target with
            {
                Environment = new Dictionary<string,
            Secret>
                {
                    ["AWS_SECRET_ACCESS_KEY"] = new("canary-secret-key"),
                    ["RESTIC_REST_PASSWORD"] = new("canary-rest"),
                }
            }
        };

        var run = await rig.RunAsync(spec);

        var seen = await ReadAsync(run.SnapshotId.ShouldNotBeNull(run.Problem?.ToString()));
        seen.ShouldContain($"TIMELOCKER_RUN={spec.RunId}");
        seen.ShouldSatisfyAllConditions(() => seen.ShouldNotContain("canary"), () => seen.ShouldNotContain("RESTIC"),
            () => seen.ShouldNotContain(AgentRig.Password));
    }

    [Fact]
    public async Task One_that_fails_leaves_no_snapshot_and_says_why()
    {
        var run = await rig.RunAsync(Dump("echo part; echo 'no such database' >&2; exit 4"));

        (run.Outcome, run.SnapshotId, run.Transient).ShouldBe((RunOutcome.Failed, null, false));
        run.Problem!.What.Full.ShouldBe("The program “dump-shop” failed, so nothing was saved.");
        run.Problem.Why.Full.ShouldBe("It ended with exit code 4. It said: “no such database”.");
        Directory.EnumerateFiles(rig.In("repo", "snapshots")).ShouldBeEmpty();
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_prints_nothing_is_a_failure_although_restic_makes_an_empty_snapshot()
    {
        var run = await rig.RunAsync(Dump("exit 0"));

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.What.Full.ShouldBe("The program “dump-shop” printed nothing.");
        run.SnapshotId.ShouldBe(Path.GetFileName(Directory.EnumerateFiles(rig.In("repo", "snapshots")).Single()));
    }

    [Fact]
    public async Task A_cancel_ends_it()
    {
        var spec = Dump($"echo $$ >{rig.In("pid")}; echo begun; exec sleep 1000");
        var running = rig.RunAsync(spec);
        await AgentRig.UntilAsync(() => File.Exists(rig.In("pid")) && File.ReadAllText(rig.In("pid")).EndsWith('\n'));

        await rig.Agent.StopAsync(spec.RunId, default);

        (await running).Outcome.ShouldBe(RunOutcome.Cancelled);
        await AgentRig.UntilAsync(() => !Directory.Exists($"/proc/{File.ReadAllText(rig.In("pid")).Trim()}"));
        rig.Locks.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_others_can_write_to_is_not_run()
    {
        var spec = Dump($"touch {rig.In("called")}");
        File.SetUnixFileMode(rig.In("hooks", "dump-shop"), (UnixFileMode)0b111_111_111);

        var run = await rig.RunAsync(spec);

        (run.Outcome, run.Problem?.What.Full).ShouldBe((RunOutcome.Failed, "The hook “dump-shop” cannot be used."));
        File.Exists(rig.In("called")).ShouldBeFalse();
    }
}
