using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Demo;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>This machine, with the real restic.</summary>
public class LocalAgentTests : AgentContract
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

    protected override RunSpec LongJob()
    {
        rig.WriteNoise("data/noise", 60);
        // a pack that was begun is sent before restic obeys
        return rig.Backup(target, rig.In("data")) with { Resources = new() { PackSize = 4 } };
    }

    protected override void LetEnd() => rig.LetGo();

    [Fact]
    public async Task What_it_has_saved_it_lists_and_gives_back()
    {
        var job = Job();
        var run = await AgentRig.FollowAsync(Agent, job, AgentRig.NewRun(job), _ => LetEnd());

        var listed = (await Agent.ReadAsync(new ListSnapshots(target), default).ToListAsync()).ShouldHaveSingleItem();
        (listed.Id, listed.Paths.Single()).ShouldBe((run.SnapshotId, rig.In("data")));
        (await Agent.AskAsync(new ReadTree(target, listed.Id, rig.In("data"), null),
            default))!.Entries.ShouldHaveSingleItem().Name.ShouldBe("noise");
        await using var content = await Agent.OpenAsync(new(target, listed.Id, [rig.In("data", "noise")],
            DownloadFormat.File), default);
        using var read = new MemoryStream();
        await content.CopyToAsync(read);
        read.ToArray().ShouldBe(await File.ReadAllBytesAsync(rig.In("data", "noise")));
    }
}

/// <summary>
/// The same machine if it were far away: jobs with their secrets, questions, answers and events are text on the way.
/// </summary>
public sealed class WiredAgentTests : LocalAgentTests
{
    protected override IAgent Agent => new WiredAgent(base.Agent);
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
