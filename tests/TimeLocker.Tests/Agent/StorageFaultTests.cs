using System.Diagnostics;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Real servers that die, fall silent or answer with nonsense while a backup goes to them.</summary>
public sealed class StorageFaultTests : IAsyncLifetime
{
    // restic itself notices a silent server after five minutes.
    private readonly AgentRig rig =
        new(script: $"if [ \"$1\" = backup ]; then set -- \"$@\" --stuck-request-timeout=2s; fi\nexec {Restic} \"$@\"",
            patience: TimeSpan.FromSeconds(3));
    private RestServer server = null!;
    private FaultProxy way = null!;

    private static string Restic => new TimeLocker.Agent.Restic.ResticBinary().FindAsync().GetAwaiter().GetResult().Path;

    public async Task InitializeAsync()
    {
        server = await RestServer.NewAsync();
        way = new FaultProxy(server.Port);
        rig.WriteNoise("source/noise", 12);
    }

    public async Task DisposeAsync()
    {
        await rig.DisposeAsync();
        await way.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_backup_waits_for_a_server_that_died_and_goes_on_when_it_is_back()
    {
        Endure();
        var (run, ended) = await MidBackupAsync();

        await server.KillAsync();
        await AgentRig.UntilAsync(() => run.Progress.Note?.Full.Contains("restic tries again", StringComparison.Ordinal) == true);
        way.BytesPerSecond = 0;
        await server.StartAsync();
        await ended;

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.Why.Full);
        Locks.ShouldBeEmpty();
        Directory.EnumerateFiles(InRepository("snapshots")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_cancel_does_not_wait_for_a_server_that_is_gone_and_the_next_run_removes_the_lock()
    {
        Endure();
        var (run, ended) = await MidBackupAsync();
        way.Fault = Fault.Refused;
        await AgentRig.UntilAsync(() => run.Progress.Note?.Full.Contains("restic tries again", StringComparison.Ordinal) == true);

        var since = Stopwatch.GetTimestamp();
        await rig.Agent.StopAsync(run.Id, default);
        await ended;

        run.Outcome.ShouldBe(RunOutcome.Cancelled);
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(20),
            "restic is killed after two seconds, where it usually has thirty");
        await TheNextRunSucceedsAsync();
    }

    [Theory]
    [InlineData(Fault.Refused, "does not answer", "connection refused")]
    [InlineData(Fault.Error, "has a fault", "error of its own")]
    [InlineData(Fault.Stalled, "does not answer", "")]
    public async Task A_run_that_gets_nowhere_is_given_up_with_the_cause(Fault fault, string what, string why)
    {
        var (run, ended) = await MidBackupAsync();

        var since = Stopwatch.GetTimestamp();
        way.Fault = fault;
        await ended;

        run.Outcome.ShouldBe(RunOutcome.Failed);
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        run.Problem!.What.Full.ShouldContain(what);
        run.Problem.Why.Full.ShouldContain("For 3 seconds nothing came through");
        run.Problem.Why.Full.ShouldContain(why);
        await TheNextRunSucceedsAsync();
    }

    /// <summary>It is not given up while this machine is slow.</summary>
    private void Endure()
    {
        rig.Patience = TimeSpan.FromMinutes(1);
        rig.Restart();
    }

    private IEnumerable<string> Locks => Directory.EnumerateFiles(InRepository("locks"));

    private string InRepository(string part) => Path.Combine(server.Place("one").Plain, part);

    private ResticTarget Target =>
        new RestBackend().Target(new FieldValues(server.Place("one",
            way.Port).Values)) with
        { Password = new Secret(AgentRig.Password) };

    /// <summary>A backup that is sending, slowly.</summary>
    private async Task<(Run Run, Task Ended)> MidBackupAsync()
    {
        FreshRepository.Put(InRepository(""), AgentRig.Password);
        way.BytesPerSecond = 2 << 20;
        var spec = rig.Backup(Target, rig.In("source"));
        var run = AgentRig.NewRun(spec);
        var ended = AgentRig.FollowAsync(rig.Agent, spec, run);
        await AgentRig.UntilAsync(() => way.Sent > 1 << 20);
        Locks.ShouldNotBeEmpty();
        return (run, ended);
    }

    private async Task TheNextRunSucceedsAsync()
    {
        (way.Fault, way.BytesPerSecond) = (Fault.None, 0);
        var run = await rig.RunAsync(rig.Backup(Target, rig.In("source")));
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.Why.Full);
        Locks.ShouldBeEmpty();
    }
}
