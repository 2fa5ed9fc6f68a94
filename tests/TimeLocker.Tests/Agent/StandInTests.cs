using System.Diagnostics;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What a real restic hardly does: a script plays it.</summary>
public sealed class StandInTests : IAsyncLifetime
{
    private const string Snapshot = "1111111111111111111111111111111111111111111111111111111111111111";
    private const string Summary = $$"""echo '{"message_type":"summary","files_new":1,"total_files_processed":1,"snapshot_id":"{{Snapshot}}"}'""";
    private const string Kept = $"touch $RESTIC_REPOSITORY/snapshots/{Snapshot}";

    private readonly AgentRig rig = new(script: "exit 0");
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private async Task<Run> PlayAsync(string script)
    {
        rig.StandIn(script);
        rig.Restart();
        return await rig.RunAsync(rig.Backup(target, rig.In("data")));
    }

    [Fact]
    public async Task Only_exit_code_0_with_a_summary_and_a_kept_snapshot_is_success()
    {
        var run = await PlayAsync($"{Kept}; {Summary}");
        (run.Outcome, run.SnapshotId).ShouldBe((RunOutcome.Succeeded, Snapshot));
    }

    [Fact]
    public async Task Every_exit_code_but_0_is_no_success_and_has_a_problem()
    {
        rig.StandIn(
            $"{Kept}; {Summary}; exit $(basename \"$(cat \"$(echo \"$@\" | sed 's/.*--files-from-raw=//')\" | tr -d '\\0')\")");
        rig.Restart();
        foreach (var codes in Enumerable.Range(0, 256).Chunk(16))
        {
            await Task.WhenAll(codes.Select(async code =>
            {
                var run = await rig.RunAsync(rig.Backup(target, rig.Write($"codes/{code}")));
                run.Outcome.ShouldBe(code switch
                {
                    0 => RunOutcome.Succeeded,
                    3 => RunOutcome.Incomplete,
                    129 or 130 or 137 or 143 => RunOutcome.Interrupted,
                    _ => RunOutcome.Failed
                }, $"exit code {code}");
                (run.Problem is null).ShouldBe(code == 0, $"exit code {code}");
            }));
        }
    }

    [Theory]
    [InlineData("exit 0", "silent")]
    [InlineData(Summary, "a snapshot that is not kept")]
    [InlineData(Kept + """; printf '{"message_type":"summary","snapshot_id":"11111111111'""", "half a line")]
    [InlineData(Kept + """; echo '{"message_type":"summary"}'""", "no snapshot id")]
    [InlineData(Kept + """; echo '{"message_type":"summary","snapshot_id":7,"files_new":"x","total_files":1e999}'""",
        "wrong types")]
    [InlineData(Kept
        + """; printf '{"message_type":"summary"\377\376}\n{{{{\n[]\n"\n\0\0\n'; head -c 100000 /dev/urandom; head -c 100000 /dev/urandom >&2""", "no JSON")]
    [InlineData(Kept + "; head -c 100000000 /dev/zero | tr '\\0' '{'", "a line of 100 MB")]
    [InlineData(Kept + "; " + Summary + "; rm $RESTIC_REPOSITORY/config", "a repository that went away")]
    public async Task Exit_code_0_alone_is_no_success(string script, string what)
    {
        var run = await PlayAsync(script);

        run.Outcome.ShouldBe(RunOutcome.Failed, what);
        run.Problem.ShouldNotBeNull(what);
        run.SnapshotId.ShouldBeNull(what);
    }

    [Fact]
    public async Task A_line_of_100_MB_stands_in_nobodys_way()
    {
        var run = await PlayAsync($"{Kept}; head -c 100000000 /dev/zero | tr '\\0' 'x' | tee /dev/stderr; echo; {Summary}");

        run.Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_chatty_restic_is_followed_at_a_bounded_pace()
    {
        var events = 0;
        List<string> files = [];
        rig.StandIn($$"""{{Kept}}; i=0; while [ $i -lt 50000 ]; do echo '{"message_type":"status","total_files":9,"total_bytes":100,"bytes_done":'$i',"current_files":["/d/now"]}'; i=$((i+1)); done; while [ ! -e {{rig.In("heard")}} ]; do sleep 0.05; done; {{Summary}}""");
        rig.Restart();

        var since = Stopwatch.GetTimestamp();
        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")), now =>
        {
            events++;
            files.AddRange(now.Progress.CurrentFiles);
            if (files.Count > 0)
            {
                rig.Write("heard");
            }
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded);
        events.ShouldBeLessThan(10 + (int)(Stopwatch.GetElapsedTime(since).TotalSeconds * 11));
        files.Distinct().ShouldBe(["/d/now"]);
    }

    [Fact]
    public async Task Unreadable_files_are_listed_once_each_and_make_the_run_incomplete()
    {
        var run = await PlayAsync($$"""
            {{Kept}}; {{Summary}}
            for during in scan archival; do echo '{"message_type":"error","error":{"message":"open /d/secret: permission denied"},"during":"'$during'","item":"/d/secret"}' >&2; done
            echo '{"message_type":"exit_error","code":3,"message":"Warning: at least one source file could not be read"}' >&2; exit 3
            """);

        (run.Outcome, run.SnapshotId).ShouldBe((RunOutcome.Incomplete, Snapshot));
        var issue = run.Issues.ShouldHaveSingleItem();
        (issue.Path, issue.Cause.Full).ShouldBe(("/d/secret", "permission denied"));
        (await rig.LogAsync(run.Id)).ShouldContain("/d/secret: open /d/secret: permission denied");
    }

    [Fact]
    public async Task Retries_of_the_backend_are_shown_while_they_last()
    {
        List<string?> notes = [];
        rig.StandIn($"""
            echo 'Save(<data/1>) returned error, retrying after 518ms: connection refused' >&2
            while [ ! -e {rig.In("go")} ]; do sleep 0.05; done
            echo 'Save(<data/1>) operation successful after 1 retries' >&2; {Kept}; {Summary}
            """);
        rig.Restart();

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")), now =>
        {
            notes.Add(now.Progress.Note?.Full);
            if (now.Progress.Note?.Full.Contains("tries again") == true)
            {
                File.WriteAllText(rig.In("go"), "");
            }
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded);
        notes.ShouldContain(note => note != null && note.Contains("tries again"));
    }

    [Fact]
    public async Task A_lock_of_somebody_else_names_its_holder()
    {
        var run = await PlayAsync("""
            echo '{"message_type":"exit_error","code":11,"message":"unable to create lock in backend: repository is already locked exclusively by PID 4711 on nas by backup (UID 0, GID 0)\nlock was created at 2026-11-22 07:07:51 (3s ago)"}' >&2; exit 11
            """);

        run.Problem!.Why.Full.ShouldBe("It is used by PID 4711 on nas by backup.");
    }

    [Fact]
    public async Task A_long_log_keeps_its_head_and_its_tail()
    {
        var run = await PlayAsync(
            """i=0; while [ $i -lt 30000 ]; do echo "line $i ............................................................" >&2; i=$((i+1)); done; exit 1""");
        var log = await rig.LogAsync(run.Id);

        log.Length.ShouldBeLessThan(1100 * 1024);
        log.ShouldContain("line 0 .");
        log.ShouldContain("line 29999 .");
        log.ShouldEndWith("The run's log has all that restic said.\n");
    }

    [Fact]
    public async Task Output_that_was_read_gives_its_disk_space_back()
    {
        rig.StandIn(
            $"head -c 8000000 /dev/zero | tr '\\0' '\\n'; while [ ! -e {rig.In("go")} ]; do sleep 0.05; done; {Kept}; {Summary}");
        rig.Restart();
        var spec = rig.Backup(target, rig.In("data"));
        var running = rig.RunAsync(spec);
        var output = rig.In("state", "runs", spec.RunId.ToString("N"), "out");
        await AgentRig.UntilAsync(() => File.Exists(output) && new FileInfo(output).Length == 8000000);
        for (var blocks = int.MaxValue; blocks > 8000000 / 512 / 2; await Task.Delay(20))
        {
            blocks = int.Parse(await AgentRig.ShellAsync($"stat -c %b {output}", "/"),
                System.Globalization.CultureInfo.InvariantCulture);
        }

        await rig.Agent.DisposeAsync();
        await running;
        File.WriteAllText(rig.In("go"), "");
        (await AgentRig.FollowAsync(rig.Restart(), spec, AgentRig.NewRun(spec))).Outcome.ShouldBe(RunOutcome.Succeeded);
    }
}
