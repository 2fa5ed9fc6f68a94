using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>The one path, with real restic, and what a start finds.</summary>
public sealed class RunDriverTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task The_row_is_written_before_anything_starts_and_its_end_is_there_for_who_asks_late()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file.txt"));
        var run = await rig.BackupAsync(plan);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        var kept = await rig.Get<RunHistory>().GetAsync(run.Id, DeskRig.Admin);
        (kept.State, kept.SnapshotId, kept.Result!.FilesTotal).ShouldBe((RunState.Ended, run.SnapshotId, 1));
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.OrderBy(e => e.Seq).Where(e => EF.Property<string>(e, "Obj") == $"run:{run.Id}")
            .Select(e => EF.Property<string>(e, "Kind")).ToListAsync()).ShouldBe(["run.queued", "run.started",
            "run.succeeded"]);
    }

    [Fact]
    public async Task A_queued_run_of_an_earlier_server_is_begun_and_one_that_was_cancelled_then_is_not()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file.txt"));
        var (wanted, unwanted) = (Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId),
            Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId));
        var recorder = rig.Get<RunRecorder>();
        await recorder.QueuedAsync(wanted, DeskRig.Admin, default);
        await recorder.QueuedAsync(unwanted, DeskRig.Admin, default);
        await recorder.CancelAskedAsync(unwanted, DeskRig.Admin, default);

        await rig.RestartAsync();

        (await EndOfAsync(wanted.Id)).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await EndOfAsync(unwanted.Id)).Outcome.ShouldBe(RunOutcome.Cancelled);
        Directory.EnumerateFiles(rig.In("place/snapshots")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_stop_at_any_moment_of_a_run_leaves_it_to_the_next_start()
    {
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file.txt"));
        for (var wait = 0; wait < 400; wait += 40)
        {
            var run = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
            await Task.Delay(wait);
            await rig.RestartAsync();

            var ended = await EndOfAsync(run.Id);
            ended.Outcome.ShouldBe(RunOutcome.Succeeded, $"{wait} ms: {ended.Problem}");
        }

        (await AllAsync()).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_begun_run_that_its_machine_does_not_know_is_interrupted_and_tried_once_more()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file.txt"));
        var run = Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId);
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(new RunStarted("restic backup", "0.19.1") { At = Examples.Noon });
        await rig.Get<RunRecorder>().StartedAsync(run);

        await rig.RestartAsync();

        (await EndOfAsync(run.Id)).Outcome.ShouldBe(RunOutcome.Interrupted);
        await Until(async () => (await AllAsync()).Count == 2 && (await AllAsync()).All(r => r.HasEnded));
        var retry = (await AllAsync()).Single(r => r.Id != run.Id);
        (retry.Cause, retry.Outcome).ShouldBe((RunCause.Retry, RunOutcome.Succeeded));
    }

    [Fact]
    public async Task A_viewer_sees_a_run_without_the_names_of_files()
    {
        var place = await rig.RepositoryAsync();
        var run = await rig.BackupAsync(await rig.PlanAsync(place, "plan", rig.Write("data/file.txt"), rig.In("gone")));

        var seen = await rig.Get<RunHistory>().GetAsync(run.Id, DeskRig.Actor(Role.Viewer));

        (seen.Outcome, seen.IssueCount, seen.Command).ShouldBe((RunOutcome.Incomplete, 1, null));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<RunHistory>().IssuesAsync(run.Id, DeskRig.Actor(Role.Viewer)));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<RunHistory>().OpenLogAsync(run.Id, DeskRig.Actor(Role.Auditor)));
    }

    private async Task<IReadOnlyList<Run>> AllAsync() => (await rig.Get<RunHistory>().ListAsync(new(), DeskRig.Admin)).Items;

    private async Task<Run> EndOfAsync(Guid id)
    {
        await Until(async () => (await rig.Get<RunHistory>().GetAsync(id, DeskRig.Admin)).HasEnded);
        return await rig.Get<RunHistory>().GetAsync(id, DeskRig.Admin);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
