using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Api;

public sealed class OpenStreamsTests
{
    [Fact]
    public async Task Events_are_sent_to_nobody_whose_token_was_revoked_meanwhile()
    {
        await using var rig = await DeskRig.StartAsync();
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "Documents", Path.GetDirectoryName(rig.Write("data/file"))!);
        await rig.Get<RunQueue>().PauseAsync(TimeProvider.System.GetUtcNow().AddHours(1), DeskRig.Admin);
        var run = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        using var client = await rig.ClientAsync(Role.Viewer);
        using var other = await rig.ClientAsync(Role.Viewer);
        var tokens = rig.Get<TokenCatalog>();
        using var listening = new StreamReader(await client.GetStreamAsync($"api/v1/runs/{run.Id}/events"));
        using var elsewhere = new StreamReader(await other.GetStreamAsync($"api/v1/runs/{run.Id}/events"));
        (await listening.ReadLineAsync()).ShouldBe("event: run");
        (await elsewhere.ReadLineAsync()).ShouldBe("event: run");

        await tokens.RevokeAsync((await tokens.ListAsync())[^1].Id, DeskRig.Admin);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Should.ThrowAsync<IOException>(async () =>
        {
            while (await listening.ReadLineAsync(limit.Token) is not null)
            {
            }
        });
        await rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin);
        (await elsewhere.ReadToEndAsync(limit.Token)).ShouldContain("cancelled");
    }
}
