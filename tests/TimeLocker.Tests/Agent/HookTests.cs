using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What a machine's own programs do around a backup.</summary>
public sealed class HookTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private BackupSpec Plan(params Hook[] hooks) =>
        rig.Backup(target, rig.In("data")) with
        {
            Options = new() { Hooks = hooks },
            PlanName = "Shop",
            RepositoryName = "Cellar",
        };

    // Each hook notes its name and moment, then does what it is told.
    private Hook Hook(HookMoment when, string name, string script = "")
    {
        rig.WriteHook(name, $"echo \"{name} $TIMELOCKER_MOMENT $TIMELOCKER_OUTCOME\" >>{rig.In("trace")}\n{script}");
        return new Hook(when, name);
    }

    private string[] Trace => File.Exists(rig.In("trace")) ? File.ReadAllLines(rig.In("trace")) : [];

    [Fact]
    public async Task Hooks_run_before_and_after_in_their_moment_and_are_phases_of_the_run()
    {
        HashSet<string?> phases = [];
        var spec = Plan(Hook(HookMoment.OnSuccess, "tell"), Hook(HookMoment.OnFailure, "alarm"),
            Hook(HookMoment.After, "start-shop"),
            Hook(HookMoment.Before, "stop-shop",
                $"while [ ! -e {rig.In("seen")} ]; do sleep 0.05; done; echo closed; echo odd >&2"),
                Hook(HookMoment.Before, "flush"));

        var run = await rig.RunAsync(spec, now =>
        {
            if (phases.Add(now.Progress.Phase?.Full) && now.Progress.Phase?.Full == "runs hook stop-shop")
            {
                rig.Write("seen");
            }
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        Trace.ShouldBe(["stop-shop before ", "flush before ", "start-shop after succeeded", "tell success succeeded"]);
        phases.ShouldContain("runs hook stop-shop");
        run.Progress.Phase.ShouldBeNull();
        var log = await rig.LogAsync(spec.RunId);
        log.ShouldSatisfyAllConditions(() => log.ShouldContain("stop-shop: closed"),
            () => log.ShouldContain("stop-shop: odd"),
            () => log.IndexOf("stop-shop: closed", StringComparison.Ordinal)
                .ShouldBeLessThan(log.IndexOf("RESTIC_REPOSITORY=", StringComparison.Ordinal)));
        Directory.EnumerateFileSystemEntries(rig.In("state", "runs", spec.RunId.ToString("N"))).Select(Path.GetFileName)
            .Order().ShouldBe(["log", "result.json"]);
    }

    [Fact]
    public async Task A_script_with_the_line_ends_of_Windows_is_named_as_what_it_is()
    {
        rig.WriteHook("stop-shop", "true");
        var file = Directory.EnumerateFiles(rig.Root, "stop-shop", SearchOption.AllDirectories).Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\n", "\r\n", StringComparison.Ordinal));

        var run = await rig.RunAsync(Plan(new Hook(HookMoment.Before, "stop-shop")));

        run.Outcome.ShouldBe(RunOutcome.Failed);
        (run.Problem!.Why.Full.Contains("Windows line ends", StringComparison.Ordinal),
            run.Problem.Next.Full.Contains("sed -i", StringComparison.Ordinal)).ShouldBe((true, true),
            run.Problem.ToString());
        (await rig.Agent.AskAsync(new ListHooks(),
            default)).Files.Single(f => f.Name == "stop-shop").Why!.Full.ShouldContain("Windows line ends");
    }

    [Fact]
    public async Task A_hook_knows_the_run_and_nothing_of_restic()
    {
        var spec = Plan(Hook(HookMoment.Before, "before", $"env >{rig.In("before.env")}; cat >{rig.In("stdin")}"),
            Hook(HookMoment.After, "after", $"env >{rig.In("after.env")}")) with
        {
            Target = target with
            {
                Environment = new Dictionary<string,
                TimeLocker.Core.Secret>
                { ["AWS_SECRET_ACCESS_KEY"] = new("canary-secret-key") }
            },
        };

        var run = await rig.RunAsync(spec);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        string[] Names(string file) =>
            [.. File.ReadAllLines(rig.In(file)).Select(line => line.Split('=')[0])
                .Except(["PWD", "OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal)];
        Names("before.env")
            .ShouldBe(["HOME", "LANG", "PATH", "TIMELOCKER_MOMENT", "TIMELOCKER_OUTCOME", "TIMELOCKER_PLAN",
                "TIMELOCKER_REPOSITORY", "TIMELOCKER_RUN", "TIMELOCKER_SNAPSHOT"]);
        File.ReadAllText(rig.In("after.env")).ShouldSatisfyAllConditions(
            all => all.ShouldContain($"TIMELOCKER_RUN={spec.RunId}\n"),
            all => all.ShouldContain("TIMELOCKER_PLAN=Shop\n"),
            all => all.ShouldContain("TIMELOCKER_REPOSITORY=Cellar\n"),
            all => all.ShouldContain("TIMELOCKER_OUTCOME=succeeded\n"),
            all => all.ShouldContain($"TIMELOCKER_SNAPSHOT={run.SnapshotId}\n"),
            all => all.ShouldNotContain("canary"), all => all.ShouldNotContain(AgentRig.Password));
        File.ReadAllText(rig.In("stdin")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hook_before_that_fails_stops_the_backup_and_what_was_stopped_is_started_again()
    {
        var spec = Plan(Hook(HookMoment.Before, "stop-shop"),
            Hook(HookMoment.Before, "flush", "echo 'disk is busy' >&2; exit 3"), Hook(HookMoment.Before, "never"),
            Hook(HookMoment.After, "start-shop"), Hook(HookMoment.OnFailure, "alarm"));

        var run = await rig.RunAsync(spec);

        (run.Outcome, run.SnapshotId, run.Transient).ShouldBe((RunOutcome.Failed, null, false));
        run.Problem!.What.Full.ShouldBe("The hook “flush” stopped the backup.");
        run.Problem.Why.Full.ShouldBe("It ended with exit code 3. It said: “disk is busy”.");
        Trace.ShouldBe(["stop-shop before ", "flush before ", "start-shop after failed", "alarm failure failed"]);
        Directory.EnumerateFiles(rig.In("repo", "snapshots")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(HookFailure.Ignore, 1, RunOutcome.Succeeded)]
    [InlineData(HookFailure.Stop, 1, RunOutcome.Failed)]
    [InlineData(HookFailure.Retry, 2, RunOutcome.Failed)]
    public async Task What_a_failure_before_means_is_the_plans_choice(HookFailure means, int starts, RunOutcome outcome)
    {
        var run = await rig.RunAsync(Plan(Hook(HookMoment.Before, "moody", "exit 1") with { OnFailure = means }));

        run.Outcome.ShouldBe(outcome, run.Problem?.ToString());
        Trace.Length.ShouldBe(starts);
    }

    [Fact]
    public async Task A_second_try_of_a_hook_can_go_well()
    {
        var run = await rig.RunAsync(Plan(Hook(HookMoment.Before, "moody",
            $"test -e {rig.In("seen")} || {{ touch {rig.In("seen")}; exit 1; }}") with
        {
            OnFailure = HookFailure.Retry
        }));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        Trace.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData(HookFailure.Ignore, RunOutcome.Succeeded)]
    [InlineData(HookFailure.Stop, RunOutcome.Incomplete)]
    public async Task A_hook_after_that_fails_never_fails_what_was_saved(HookFailure means, RunOutcome outcome)
    {
        var run = await rig.RunAsync(Plan(Hook(HookMoment.After, "start-shop", "exit 7") with { OnFailure = means }));

        run.Outcome.ShouldBe(outcome);
        File.Exists(rig.In("repo", "snapshots", run.SnapshotId!)).ShouldBeTrue();
        (run.Problem?.Why.Full).ShouldBe(means == HookFailure.Ignore ? null
            : "The hook “start-shop” after it failed: It ended with exit code 7.");
    }

    [Fact]
    public async Task A_hook_that_takes_too_long_is_ended_with_all_that_it_started()
    {
        var clock = new FakeClock(TimeProvider.System.GetUtcNow());
        rig.Clock = clock;
        rig.Restart();
        var running =
            rig.RunAsync(Plan(Hook(HookMoment.Before, "slow",
                $"sleep 1000 & echo $! >{rig.In("child")}; wait") with
            { LimitSeconds = 60 }));
        await AgentRig.UntilAsync(() => File.Exists(rig.In("child")) && File.ReadAllText(rig.In("child")).EndsWith('\n'));

        clock.Advance(TimeSpan.FromSeconds(61));

        (await running).Problem!.Why.Full.ShouldStartWith("It took longer than 60 seconds and was ended.");
        var child = File.ReadAllText(rig.In("child")).Trim();
        await AgentRig.UntilAsync(() => !Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public async Task What_a_hook_says_is_bounded_shows_control_characters_and_no_secret()
    {
        var spec = Plan(Hook(HookMoment.Before, "chatty", $"printf 'a\\033[31mb {AgentRig.Password}\\n'; seq 1 5000"));

        await rig.RunAsync(spec);

        var lines = (await rig.LogAsync(spec.RunId)).Split('\n')
            .Where(line => line.Contains("chatty: ", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBeLessThan(300);
        lines[0].ShouldEndWith("chatty: a·[31mb •••");
        lines[^2].ShouldEndWith("chatty: 4999");
        lines.ShouldContain(line => line.Contains("4751 lines left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancel_ends_the_hook_before_and_runs_those_after()
    {
        var spec = Plan(Hook(HookMoment.Before, "slow", "exec sleep 1000"), Hook(HookMoment.After, "start-shop"),
            Hook(HookMoment.OnFailure, "alarm"));

        var running = rig.RunAsync(spec);
        await AgentRig.UntilAsync(() => Trace.Length > 0);
        await rig.Agent.StopAsync(spec.RunId, default);
        var run = await running;

        run.Outcome.ShouldBe(RunOutcome.Cancelled);
        Trace.ShouldBe(["slow before ", "start-shop after cancelled"]);
    }

    [Fact]
    public async Task A_plan_whose_hook_is_missing_does_not_begin()
    {
        var run = await rig.RunAsync(Plan(Hook(HookMoment.Before, "stop-shop"), new Hook(HookMoment.After, "gone")));

        (run.Outcome, run.Problem?.What.Full).ShouldBe((RunOutcome.Failed, "The hook “gone” cannot be used."));
        Trace.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_stops_nobodys_shop()
    {
        var run = await rig.RunAsync(Plan(Hook(HookMoment.Before, "stop-shop"),
            Hook(HookMoment.After, "start-shop")) with
        { Mode = BackupMode.DryRun });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        Trace.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_says_what_can_be_used_and_why_not()
    {
        var ok = rig.WriteHook("dump", "exit 0");
        File.SetUnixFileMode(rig.WriteHook("plain", ""), (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(rig.WriteHook("open", ""), (UnixFileMode)0b111_111_101);
        File.CreateSymbolicLink(rig.In("hooks", "link"), ok);
        File.CreateSymbolicLink(rig.In("hooks", "astray"), rig.In("nowhere"));
        Directory.CreateDirectory(rig.In("loose"));
        File.SetUnixFileMode(rig.In("loose"), (UnixFileMode)0b111_111_111);
        rig.WriteProgram("loose/any", "");
        File.CreateSymbolicLink(rig.In("hooks", "leads-out"), rig.In("loose", "any"));
        Directory.CreateDirectory(rig.In("hooks", "folder"));
        rig.WriteHook(".hidden", "");
        rig.WriteHook("-rf", "");

        var folder = await rig.Agent.AskAsync(new ListHooks(), default);

        folder.Problem.ShouldBeNull();
        folder.Files.ToDictionary(file => file.Name, file => file.Why?.Full).ShouldBe(new Dictionary<string, string?>
        {
            ["-rf"] = "Its name has other characters than letters, digits, “.”, “_” and “-”, or is too long: rename it.",
            ["dump"] = null,
            ["link"] = null,
            ["plain"] = "It is not executable: chmod 755 on it.",
            ["open"] = $"Others may write to {rig.In("hooks", "open")}: chmod go-w on it.",
            ["astray"] = $"{rig.In("nowhere")} does not exist.",
            ["leads-out"] = $"Others may write to {rig.In("loose")}: chmod go-w on it.",
            ["folder"] = $"{rig.In("hooks", "folder")} is no file.",
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_directory_that_others_can_write_to_has_no_hooks()
    {
        (await rig.Agent.AskAsync(new ListHooks(), default)).Problem!.What.Full.ShouldBe("This machine has no hooks.");
        var spec = Plan(Hook(HookMoment.Before, "stop-shop"));
        File.SetUnixFileMode(rig.In("hooks"), (UnixFileMode)0b111_111_101);

        (await rig.Agent.AskAsync(new ListHooks(),
            default)).Problem!.Why.Full.ShouldBe($"Others may write to {rig.In("hooks")}: chmod go-w on it.");
        (await rig.RunAsync(spec)).Problem!.What.Full.ShouldBe("The hook directory cannot be used.");
        Trace.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../dump")]
    [InlineData("-rf")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_name_cannot_leave_the_directory(string name)
    {
        rig.WriteProgram("dump", $"touch {rig.In("called")}");
        rig.WriteHook("other", "");

        (await rig.RunAsync(Plan(new Hook(HookMoment.Before, name)))).Outcome.ShouldBe(RunOutcome.Failed);
        File.Exists(rig.In("called")).ShouldBeFalse();
    }
}
