using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>
/// What a machine tells of a run breaks off, is repeated, comes late. Every run ends, and none stands in the way of the
/// next.
/// </summary>
public sealed class BrokenStreamTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromSeconds(5);

    private ClockRig rig = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon, "UTC");
        plan = await rig.PlanAsync(await rig.RepositoryAsync("place"), "Papers", null, new Schedule("*/5 * * * *", "UTC"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_whose_stream_breaks_off_is_joined_again_and_ends_as_it_does(bool fault)
    {
        rig.Agent.Passes = (said, before) => before == 0 ? CutAsync(said, fault) : said;

        var run = await StartAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Agent.Works(run.Id)));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await rig.RunsAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_breaks_off_every_time_is_interrupted_and_the_next_slots_begin(bool fault)
    {
        rig.Agent.Passes = (said, _) => CutAsync(said, fault);
        var run = await StartAsync();

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Interrupted);
        var retry = (await rig.RunsAsync()).Single(r => r.Id != run.Id);
        (retry.Cause, (await EndAsync(retry)).Outcome).ShouldBe((RunCause.Retry, RunOutcome.Interrupted));

        rig.Agent.Passes = (said, _) => said;
        rig.Clock.Advance(Noon.AddMinutes(5) - rig.Clock.GetUtcNow());
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromMinutes(2));

        (await rig.RunsAsync()).Where(r => r.Slot is not null).Select(r => r.Outcome).ShouldBe([RunOutcome.Succeeded]);
    }

    [Fact]
    public async Task What_its_machine_does_not_know_any_more_is_interrupted_at_once()
    {
        rig.Agent.Passes = (said, before) => before == 0 ? CutAsync(said, fault: false, rig.Agent.Forget) : said;

        var run = await StartAsync();

        await DeskRig.UntilAsync(async () => (await RowAsync(run)).HasEnded);
        (await RowAsync(run)).Outcome.ShouldBe(RunOutcome.Interrupted);
    }

    [Fact]
    public async Task A_run_is_cancelled_while_its_stream_is_broken()
    {
        rig.Agent.Passes = (said, _) => CutAsync(said, fault: true);
        var run = await StartAsync();
        await DeskRig.UntilAsync(() => rig.Agent.KnowsAsync(run.Id, default));

        await rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin);

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Cancelled);
        (await rig.RunsAsync()).Count.ShouldBe(1, "what a person has cancelled is not tried again");
    }

    [Fact]
    public async Task What_is_told_twice_or_late_counts_once()
    {
        rig.Agent.Passes = (said, _) => TwiceAsync(said, rig.Clock);

        var run = await StartAsync();

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);
        var counted = await rig.Get<PlanCatalog>().GetAsync(plan.Id);
        (await rig.RunsAsync()).Count.ShouldBe(1);
        (counted.LastOutcome, counted.LastSuccessAt).ShouldBe((RunOutcome.Succeeded, (await RowAsync(run)).EndedAt));
    }

    [Fact]
    public async Task An_end_that_cannot_be_counted_is_written_all_the_same()
    {
        await SqlAsync(
            "CREATE TRIGGER no_count BEFORE UPDATE ON Plans WHEN NEW.LastOutcome IS NOT NULL BEGIN SELECT RAISE(ABORT, 'not today'); END");

        (await EndAsync(await StartAsync())).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task An_end_that_cannot_be_counted_at_first_is_counted_when_it_is_tried_again()
    {
        await SqlAsync(
            "CREATE TRIGGER no_count BEFORE UPDATE ON Plans WHEN NEW.LastOutcome IS NOT NULL BEGIN SELECT RAISE(ABORT, 'not today'); END");
        var run = await StartAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Agent.Works(run.Id)));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await TriedInVainAsync(run);
        rig.Clock.Advance(UntilNextTry);
        await TriedInVainAsync(run);
        await SqlAsync("DROP TRIGGER no_count");

        (await EndAsync(run)).Outcome.ShouldBe(RunOutcome.Succeeded);

        (await rig.Get<PlanCatalog>().GetAsync(plan.Id)).LastOutcome.ShouldBe(RunOutcome.Succeeded);
        await using var db = await rig.DatabaseAsync();
        ((await db.PlanDays.SingleAsync()).Runs, await db.Snapshots.CountAsync()).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_run_whose_end_could_not_be_written_is_ended_by_a_cancel()
    {
        await SqlAsync(
            "CREATE TRIGGER no_end BEFORE UPDATE ON Runs WHEN NEW.Outcome IS NOT NULL BEGIN SELECT RAISE(ABORT, 'not today'); END");
        var run = await StartAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Agent.Works(run.Id)));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await DeskRig.UntilAsync(() =>
        {
            rig.Clock.Advance(UntilNextTry);
            return Task.FromResult(!rig.Get<RunDriver>().Drives(run.Id));
        });
        await SqlAsync("DROP TRIGGER no_end");

        await rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin);

        (await EndAsync(run)).HasEnded.ShouldBeTrue();
    }

    private async Task TriedInVainAsync(Run run)
    {
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Clock.Rings(rig.Clock.GetUtcNow() + UntilNextTry)));
        (await RowAsync(run)).HasEnded.ShouldBeFalse();
    }

    private Task<Run> StartAsync() => rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);

    private async Task<Run> RowAsync(Run run) => (await rig.RunsAsync()).Single(r => r.Id == run.Id);

    private async Task<Run> EndAsync(Run run)
    {
        await DeskRig.UntilAsync(async () =>
        {
            rig.Clock.Advance(UntilNextTry);
            return (await RowAsync(run)).HasEnded;
        });
        return await RowAsync(run);
    }

    private async Task SqlAsync(string sql)
    {
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    internal static async IAsyncEnumerable<RunEvent> CutAsync(IAsyncEnumerable<RunEvent> said, bool fault,
        Action? then = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var first in said.Take(1).WithCancellation(ct))
        {
            yield return first;
        }

        then?.Invoke();
        if (fault)
        {
            throw new IOException("The line is dead.");
        }
    }

    private static async IAsyncEnumerable<RunEvent> TwiceAsync(IAsyncEnumerable<RunEvent> said, TimeProvider clock,
        [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var happened in said.WithCancellation(ct))
        {
            yield return happened;
            await Task.Delay(UntilNextTry, clock, ct);
            yield return happened;
        }
    }
}
