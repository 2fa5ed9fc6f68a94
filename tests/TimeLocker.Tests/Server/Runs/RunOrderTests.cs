using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Runs are in the order in which they were queued, and their ids say nothing about it.</summary>
public sealed class RunOrderTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private ClockRig rig = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon, "UTC");
        place = await rig.RepositoryAsync("place");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_list_has_each_once_newest_first_though_many_have_one_time_and_others_begin_meanwhile()
    {
        await AddAsync([.. Enumerable.Range(0, 20).Select(n => Ended(Noon.AddMinutes(n / 7 * 10), 1000 - n))]);
        List<Run> seen = [];
        for (var page = await PageAsync(null); ; page = await PageAsync(Guid.Parse(page.Next!)))
        {
            seen.AddRange(page.Items);
            if (page.Next is null)
            {
                break;
            }

            await AddAsync(Ended(Noon.AddHours(1), seen.Count), Ended(Noon.AddHours(1), 5000 + seen.Count));
        }

        seen.Select(r => r.Id).Distinct().Count().ShouldBe(20);
        seen.Count.ShouldBe(20);
        seen.Select(r => r.QueuedAt).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task Nobody_goes_on_after_a_run_that_does_not_exist() =>
        (await Should.ThrowAsync<ProblemException>(PageAsync(Guid.NewGuid()))).Kind.ShouldBe(ProblemKind.NotFound);

    [Fact]
    public void What_goes_on_is_told_oldest_first()
    {
        var feed = rig.Get<RunFeed>();
        var (older, newer) = (Queued(Noon, 2), Queued(Noon.AddMinutes(1), 1));
        feed.Publish(newer);
        feed.Publish(older);

        feed.Active.ShouldBe([older, newer]);
    }

    [Fact]
    public async Task After_a_restart_what_was_queued_first_has_the_first_turn()
    {
        var (first, second) = (Queued(Noon.AddMinutes(-2), 2), Queued(Noon.AddMinutes(-1), 1));
        await AddAsync(first, second);

        await rig.DownAsync(TimeSpan.FromMinutes(1));

        rig.Agent.Works(first.Id).ShouldBeTrue();
        rig.Get<RunQueue>().State(DeskRig.Admin).Waiting.ShouldHaveSingleItem().RunId.ShouldBe(second.Id);
    }

    private Task<Page<Run>> PageAsync(Guid? after) =>
        rig.Get<RunHistory>().ListAsync(new() { After = after, Limit = 3 }, DeskRig.Admin);

    private Task AddAsync(params Run[] runs) => rig.Get<AuditLog>().TouchAsync(db => db.Runs.AddRangeAsync(runs));

    private Run Queued(DateTimeOffset at, int id) => new()
    {
        Id = new Guid($"{id:D8}-0000-8000-8000-000000000000"),
        Kind = RunKind.Prune,
        Cause = RunCause.Schedule,
        RepositoryId = place.Id,
        MachineId = rig.Get<AgentRegistry>().LocalId,
        Title = Text.Verbatim($"{id}"),
        RequestedBy = "system",
        Request = new PruneRequest(null, null, false),
        QueuedAt = at,
    };

    private Run Ended(DateTimeOffset at, int id)
    {
        var run = Queued(at, id);
        run.Apply(new RunEnded(RunOutcome.Succeeded, null, null, null) { At = at });
        return run;
    }
}
