using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>When a backup is left out, and which failures may pass by themselves.</summary>
public sealed class ConditionTests : IAsyncLifetime
{
    private readonly AgentRig rig = new(patience: TimeSpan.FromSeconds(20));
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private BackupSpec Plan(RunConditions conditions) =>
        rig.Backup(target, rig.In("data")) with { Options = new() { Conditions = conditions } };

    private void Supply(string name, params (string File, string Content)[] facts)
    {
        foreach (var (file, content) in facts)
        {
            rig.Write($"power/{name}/{file}", content + "\n");
        }
    }

    [Theory]
    [InlineData("0", "Discharging", RunOutcome.Skipped)]
    [InlineData("1", "Charging", RunOutcome.Succeeded)]
    [InlineData("0", "Full", RunOutcome.Succeeded)]
    public async Task On_battery_it_is_skipped_and_no_hook_runs(string online, string status, RunOutcome outcome)
    {
        Supply("AC", ("type", "Mains"), ("online", online));
        Supply("BAT0", ("type", "Battery"), ("status", status));
        Supply("mouse", ("type", "Battery"), ("scope", "Device"), ("status", "Discharging"));
        rig.WriteHook("stop-shop", $"touch {rig.In("called")}");
        var spec = rig.Backup(target, rig.In("data")) with
        {
            Options = new() { Conditions = new() { SkipOnBattery = true }, Hooks = [new Hook(HookMoment.Before, "stop-shop")] },
        };

        var run = await rig.RunAsync(spec);

        run.Outcome.ShouldBe(outcome, run.Problem?.ToString());
        File.Exists(rig.In("called")).ShouldBe(outcome == RunOutcome.Succeeded);
        (run.Problem?.Why.Full).ShouldBe(outcome == RunOutcome.Skipped
            ? "The machine runs on its battery, and the plan waits for mains power." : null);
    }

    [Fact]
    public async Task A_computer_without_a_battery_is_on_mains_and_who_did_not_ask_is_not_looked_at()
    {
        (await rig.RunAsync(Plan(new() { SkipOnBattery = true }))).Outcome.ShouldBe(RunOutcome.Succeeded);
        Supply("BAT0", ("type", "Battery"), ("status", "Discharging"));
        (await rig.RunAsync(Plan(RunConditions.None))).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Theory]
    [InlineData("echo 'u 1'", true)]
    [InlineData("echo 'u 3'", true)]
    [InlineData("echo 'u 2'", false)]
    [InlineData("echo 'u 4'", false)]
    [InlineData("echo 'u 0'", false)]
    [InlineData("echo 'The name org.freedesktop.NetworkManager was not provided' >&2; exit 1", false)]
    [InlineData(null, false)]
    public async Task On_a_metered_network_it_is_skipped(string? says, bool skipped)
    {
        if (says is not null)
        {
            rig.WriteProgram("busctl", $"echo \"$@\" >{rig.In("asked")}; {says}");
        }

        // Nothing listens there: a run that is not skipped fails.
        var spec = Plan(new() { SkipOnMetered = true }) with
        {
            Target = new ResticTarget { Location = "rest:http://127.0.0.1:9/", Password = new Secret("none at all") }
        };
        var run = await rig.RunAsync(spec);

        run.Outcome.ShouldBe(skipped ? RunOutcome.Skipped : RunOutcome.Failed);
        if (says is not null)
        {
            File.ReadAllText(rig.In("asked"))
                .ShouldContain(
                "get-property org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager Metered");
        }
    }

    [Fact]
    public async Task A_repository_on_this_machine_does_not_care_for_the_network()
    {
        rig.WriteProgram("busctl", "echo 'u 1'");

        (await rig.RunAsync(Plan(new() { SkipOnMetered = true }))).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_may_answer_later()
    {
        var run = await rig.RunAsync(rig.Backup(new ResticTarget
        {
            Location = "rest:http://127.0.0.1:9/",
            Password = new Secret("none at all"),
        }, rig.In("data")));

        (run.Outcome, run.Transient, run.Problem?.What.Full).ShouldBe((RunOutcome.Failed, true, "The server does not answer."));
    }

    [Fact]
    public async Task A_wrong_password_and_a_replaced_repository_do_not_pass()
    {
        var wrong = await rig.RunAsync(rig.Backup(target with { Password = new Secret("another one") }, rig.In("data")));
        (wrong.Outcome, wrong.Transient).ShouldBe((RunOutcome.Failed, false));
        var replaced = await rig.RunAsync(rig.Backup(target with { PinnedConfig = new string('0', 64) }, rig.In("data")));
        (replaced.Outcome, replaced.Transient).ShouldBe((RunOutcome.Failed, false));
    }

    [Theory]
    [InlineData("unable to create lock in backend: repository is already locked exclusively by PID 7 on nas by root (UID 0, GID 0)", 11, true)]
    [InlineData("Fatal: unexpected HTTP response (503): 503 Service Unavailable", 1, true)]
    [InlineData("Fatal: dial tcp: lookup nas: no such host", 1, true)]
    [InlineData("Fatal: server response unexpected: 507 Insufficient Storage (507)", 1, false)]
    [InlineData("Fatal: write /repo/data: no space left on device", 1, false)]
    [InlineData("Fatal: tls: failed to verify certificate: x509: certificate signed by unknown authority", 1, false)]
    [InlineData("Fatal: something new", 1, false)]
    public async Task Locks_and_the_network_pass_others_do_not(string says, int code, bool passes)
    {
        rig.StandIn(
            $"cat >/dev/null; printf '%s\\n' '{{\"message_type\":\"exit_error\",\"code\":{code},\"message\":\"{says}\"}}' >&2; exit {code}");
        rig.Restart();

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        (run.Outcome, run.Transient).ShouldBe((RunOutcome.Failed, passes), run.Problem?.ToString());
    }
}
