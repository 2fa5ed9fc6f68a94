using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Demo;
using TimeLocker.Tests.Doubles;

namespace TimeLocker.Tests.Agent;

/// <summary>This machine, with the real restic.</summary>
public sealed class LocalAgentTests : AgentContract
{
    private AgentRig rig = null!;
    private ResticTarget target = null!;

    protected override IAgent Agent => rig.Agent;

    public override async Task InitializeAsync()
    {
        rig = await AgentRig.HeldAsync(kilobytesPerSecond: 2000);
        target = await rig.CreateRepositoryAsync();
        rig.WriteNoise("data/noise", 1);
    }

    public override async Task DisposeAsync() => await rig.DisposeAsync();

    protected override RunSpec Job() => rig.Backup(target, rig.In("data"));

    protected override void LetEnd() => rig.LetGo();
}

/// <summary>Machines on a clock that the test moves.</summary>
public abstract class ClockedAgent : AgentContract
{
    protected FakeClock Clock { get; } = new(new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero), timers: true);

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync() => Task.CompletedTask;

    protected override RunSpec Job() => new BackupSpec
    {
        RunId = Guid.CreateVersion7(),
        Target = new() { Location = "/made/up", Password = new Secret("made up") },
        Host = "tester",
        Sources = ["/made/up"],
    };

    protected override void LetEnd() => Clock.Advance(TimeSpan.FromSeconds(5));

    protected override void LetTimePass() => Clock.Advance(TimeSpan.FromSeconds(5));
}

/// <summary>Those of the demo.</summary>
public sealed class DemoAgentTests : ClockedAgent
{
    private DemoAgent? agent;

    protected override IAgent Agent => agent ??= new(Clock);
}

/// <summary>The one that other tests use in place of a machine.</summary>
public sealed class FakeAgentTests : ClockedAgent
{
    private FakeAgent? agent;

    protected override IAgent Agent => agent ??= new(Clock);
}
