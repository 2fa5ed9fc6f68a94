using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>What is counted when a run ends, so that no page has to read history.</summary>
public sealed class RunRecorderTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "plan", "/somewhere");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void An_end_is_written_once_into_each_book() =>
        rig.Get<IEnumerable<IRunBook>>().Select(book => book.GetType().Name).ShouldBeUnique();

    [Fact]
    public async Task A_plan_and_its_day_count_what_went_well_and_what_did_not()
    {
        await EndAsync(RunOutcome.Succeeded, new string('a', 64),
            new RunResult { BytesTotal = 100, FilesTotal = 3, BytesStored = 40, SnapshotAt = Examples.Noon });
        await EndAsync(RunOutcome.Incomplete, new string('b', 64),
            new RunResult
            {
                BytesTotal = 200,
                FilesTotal = 4,
                BytesStored = 2,
                SnapshotAt = Examples.Noon.AddHours(-1),
            });
        var last = await EndAsync(RunOutcome.Failed, null, null);

        var now = await rig.Get<PlanCatalog>().GetAsync(plan.Id);
        (now.LastRunId, now.LastOutcome, now.LastSuccessAt, now.LastBytes,
            now.LastFiles).ShouldBe((last.Id, RunOutcome.Failed, Examples.Noon, 200, 4));
        await using var db = await rig.DatabaseAsync();
        var day = await db.PlanDays.SingleAsync();
        (day.Runs, day.Failed, day.Warned, day.BytesAdded).ShouldBe((3, 1, 1, 42));
    }

    [Fact]
    public async Task A_snapshot_is_listed_from_the_summary_alone()
    {
        var before = await rig.Get<RepositoryCatalog>().GetAsync(place.Id);
        var run = await EndAsync(RunOutcome.Succeeded, new string('c', 64),
            new RunResult { BytesTotal = 100, FilesTotal = 3, BytesStored = 40, SnapshotAt = Examples.Noon });

        await using var db = await rig.DatabaseAsync();
        var snapshot = await db.Snapshots.SingleAsync();
        (snapshot.Id, snapshot.Time, snapshot.RunId, snapshot.PlanId, snapshot.Files,
            snapshot.Bytes).ShouldBe((new string('c', 64), Examples.Noon, run.Id, plan.Id, 3, 100));
        snapshot.Paths.ShouldBe(["/somewhere"]);
        snapshot.Tags.ShouldBe([RunSpec.TagOf(run.Id)]);
        var after = await rig.Get<RepositoryCatalog>().GetAsync(place.Id);
        (after.SnapshotCount, after.NewestSnapshotAt, after.StoredBytes - before.StoredBytes).ShouldBe((1, Examples.Noon, 40));
    }

    [Fact]
    public async Task The_end_its_issues_and_its_audit_entry_are_one_thing()
    {
        var run = Queued();
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        for (var looks = 0; looks < 2; looks++) // by the scan and by the backup
        {
            run.Apply(new RunIssueFound(new("/somewhere/locked",
                Text.Verbatim("open /somewhere/locked: permission denied".AsForeign())))
            { At = Examples.Noon });
        }

        run.IssueCount.ShouldBe(1);
        run.Apply(Examples.End(RunOutcome.Incomplete, new string('d', 64), new RunResult()));
        await rig.Get<RunRecorder>().EndedAsync(run);

        var issue = (await rig.Get<RunHistory>().IssuesAsync(run.Id, DeskRig.Admin)).ShouldHaveSingleItem();
        (issue.Path, issue.Cause.Full).ShouldBe(("/somewhere/locked", "permission denied"));
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.OrderBy(e => e.Seq).Where(e => EF.Property<string>(e, "Obj") == $"run:{run.Id}")
            .Select(e => EF.Property<string>(e, "Kind")).ToListAsync()).ShouldBe(["run.queued", "run.incomplete"]);
        (await db.AuditEntries.AnyAsync(e => e.Body.Contains("somewhere/locked"))).ShouldBeFalse(
            "names of files are not for the audit trail");
    }

    [Fact]
    public async Task What_could_not_be_read_is_told_as_it_was_before_there_were_keys()
    {
        var run = Queued();
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(new RunIssueFound(new("/somewhere/locked",
            Text.Verbatim("open /somewhere/locked: permission denied".AsForeign())))
        { At = Examples.Noon });
        run.Apply(Examples.End(RunOutcome.Incomplete, new string('d', 64), new RunResult()));
        await rig.Get<RunRecorder>().EndedAsync(run);
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlAsync(
            $"UPDATE RunIssues SET Message = 'left as it is: a file is here, a folder in the snapshot'");

        var issue = (await rig.Get<RunHistory>().IssuesAsync(run.Id, DeskRig.Admin)).ShouldHaveSingleItem();

        (issue.Message.Full,
            issue.Cause.Full).ShouldBe(("left as it is: a file is here, a folder in the snapshot",
                "a file is here, a folder in the snapshot"));
    }

    [Fact]
    public async Task The_end_and_the_run_that_is_tried_in_its_place_are_one_thing()
    {
        var run = Queued();
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(Examples.End(RunOutcome.Interrupted));
        var again = Queued();
        await rig.Get<RunRecorder>().EndedAsync(run, again);

        await using var db = await rig.DatabaseAsync();
        (await db.Runs.SingleAsync(r => r.Id == again.Id)).State.ShouldBe(RunState.Queued);
        (await db.AuditEntries.SingleAsync(e => EF.Property<string>(e,
            "Kind") == "run.interrupted")).Body.ShouldContain($"\"retry\":\"{again.Id}\"");
    }

    private Run Queued() => Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId);

    private async Task<Run> EndAsync(RunOutcome outcome, string? snapshot, RunResult? result)
    {
        var run = Queued();
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(Examples.End(outcome, snapshot, result));
        await rig.Get<RunRecorder>().EndedAsync(run);
        return run;
    }
}
