using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Monitoring;

/// <summary>What people are told when runs end: all that matters, each once, and nothing that does not concern others.</summary>
public sealed class RunNoticesTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "Documents", "/somewhere");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_failure_says_what_why_and_what_next_and_names_no_file()
    {
        var run = await EndAsync(RunOutcome.Failed,
            new(Text.Verbatim("The backup failed."),
                PluginText.Of($"open {"/home/anna/my diary, 2026.txt".AsName()}: permission denied"),
                Text.Verbatim("Give access.")));

        var told = (await ToldAsync()).ShouldHaveSingleItem();
        (told.Event, told.Level, told.Title.Full, told.Link, told.PlanId,
            told.RunId).ShouldBe((NoticeEvent.Failed, NoticeLevel.Error, "“Documents” failed.", $"/runs/{run.Id}",
                plan.Id, run.Id));
        told.Text.Full.ShouldBe("The backup failed. open …: permission denied Give access.");
    }

    [Fact]
    public async Task Failures_are_counted_until_a_backup_succeeds_again()
    {
        await EndAsync(RunOutcome.Failed);
        await EndAsync(RunOutcome.Interrupted);
        await EndAsync(RunOutcome.Succeeded);
        await EndAsync(RunOutcome.Succeeded);

        var told = await ToldAsync();
        told.Select(n => (n.Event, n.InARow))
            .ShouldBe([(NoticeEvent.Failed, 1), (NoticeEvent.Failed, 2), (NoticeEvent.Recovered, 1)]);
        told[1].Text.Full.ShouldContain("second time in a row");
        told[2].Text.Full.ShouldContain("after 2 failures");
    }

    [Fact]
    public async Task A_success_is_told_only_where_a_rule_asks()
    {
        await EndAsync(RunOutcome.Succeeded);
        (await ToldAsync()).ShouldBeEmpty();

        await AddRuleAsync(NoticeEvent.Succeeded, NoticeEvent.Skipped);
        await EndAsync(RunOutcome.Succeeded);
        await EndAsync(RunOutcome.Skipped,
            new(Text.Verbatim("The backup was left out."), Text.Verbatim("The computer runs on battery."),
                Text.Verbatim("Plug it in.")));
        (await ToldAsync()).Select(n => n.Event).ShouldBe([NoticeEvent.Succeeded, NoticeEvent.Skipped]);
        await using var db = await rig.DatabaseAsync();
        (await db.Outbox.CountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Files_left_out_are_counted_so_that_a_rule_can_wait_for_the_second_time()
    {
        await AddRuleAsync(2, NoticeEvent.Warned);
        await EndAsync(RunOutcome.Incomplete);
        await using (var db = await rig.DatabaseAsync())
        {
            (await db.Outbox.CountAsync()).ShouldBe(0);
        }

        await EndAsync(RunOutcome.Incomplete);
        await using var after = await rig.DatabaseAsync();
        (await after.Outbox.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Slots_that_were_missed_together_are_told_once_and_hide_no_failure()
    {
        await EndAsync(RunOutcome.Failed);
        foreach (var hour in Enumerable.Range(1, 5))
        {
            await EndAsync(RunOutcome.Missed,
                new(Text.Verbatim("It did not run."), Text.Verbatim("TimeLocker was not running."),
                    Text.Verbatim("Nothing is left to do.")), Examples.Noon.AddHours(-hour));
        }

        var told = await ToldAsync();
        told.Select(n => n.Event).ShouldBe([NoticeEvent.Failed, NoticeEvent.Missed]);
        told[1].Title.Full.ShouldStartWith("“Documents” missed its backup of ");
        told[1].Text.Full.ShouldContain("TimeLocker was not running.");
        await using var db = await rig.DatabaseAsync();
        var now = await db.Plans.SingleAsync();
        (now.LastOutcome, now.MissedInARow).ShouldBe((RunOutcome.Failed, 5));
        var days = await db.PlanDays.ToListAsync();
        days.Sum(d => d.Warned).ShouldBe(5);
    }

    [Fact]
    public async Task What_is_tried_again_is_not_told_yet()
    {
        var first = Queued();
        await rig.Get<RunRecorder>().QueuedAsync(first, DeskRig.Admin, default);
        first.Apply(Examples.End(RunOutcome.Failed));
        var again = Queued(cause: RunCause.Retry);
        await rig.Get<RunRecorder>().EndedAsync(first, again);
        (await ToldAsync()).ShouldBeEmpty();

        again.Apply(Examples.End(RunOutcome.Failed));
        await rig.Get<RunRecorder>().EndedAsync(again);
        (await ToldAsync()).ShouldHaveSingleItem().InARow.ShouldBe(1);
    }

    [Fact]
    public async Task Who_cancels_a_run_or_only_tries_it_is_not_told_about_it()
    {
        await EndAsync(RunOutcome.Cancelled);
        await EndAsync(RunOutcome.Failed, request: new BackupRequest(BackupMode.DryRun, []));
        await EndAsync(RunOutcome.Failed, request: new PruneRequest(null, null, DryRun: true), kind: RunKind.Prune);

        (await ToldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Damage_is_told_when_it_is_found_and_not_again()
    {
        var found = new RunResult { Maintenance = new() { Errors = 1, Packs = [new string('a', 64)] } };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await EndAsync(RunOutcome.Failed,
                new(Text.Verbatim("The repository is damaged."), Text.Verbatim("A pack is gone."),
                    Text.Verbatim("Repair it.")), request: new CheckRequest(CheckDepth.Metadata), kind: RunKind.Check,
                    result: found);
        }

        var told = await ToldAsync();
        told.Select(n => n.Event).ShouldBe([NoticeEvent.Damaged, NoticeEvent.Failed]);
        (told[0].RepositoryId, told[0].PlanId, told[0].Link).ShouldBe((place.Id, (Guid?)null, $"/repositories/{place.Id}/repair"));
        told[0].Text.Full.ShouldContain("1 of its data files");
    }

    [Fact]
    public async Task A_restore_that_failed_is_told_without_what_was_restored()
    {
        await EndAsync(RunOutcome.Failed,
            new(Text.Verbatim("The restore failed."), Text.Verbatim("The disk is full."), Text.Verbatim("Make room.")),
            request: new RestoreRequest(new string('a', 64), ["/home/anna/diary.txt"], "/tmp/x", OverwriteMode.Never,
                false, false), kind: RunKind.Restore, title: "diary.txt");

        var told = (await ToldAsync()).ShouldHaveSingleItem();
        told.Title.Full.ShouldBe("Restore from “place” failed.");
        (told.Title + told.Text).ShouldNotContain("diary");
    }

    private async Task<IReadOnlyList<Notice>> ToldAsync() =>
        [.. (await rig.Get<NoticeFeed>().ListAsync(new(), DeskRig.Admin)).Items.Reverse()];

    private Task AddRuleAsync(params NoticeEvent[] events) => AddRuleAsync(1, events);

    private async Task AddRuleAsync(int fromTheTime, params NoticeEvent[] events)
    {
        await using var db = await rig.DatabaseAsync();
        var channel = new Channel { Id = Guid.NewGuid(), Name = "nowhere", Kind = "none", Values = [], CreatedAt = Examples.Noon };
        db.Channels.Add(channel);
        db.NoticeRules.Add(new()
        {
            Id = Guid.NewGuid(),
            Name = "rule",
            ChannelId = channel.Id,
            Events = [.. events],
            FromTheTime = fromTheTime,
        });
        await db.SaveChangesAsync();
    }

    private Run Queued(RunRequest? request = null, RunKind kind = RunKind.Backup, RunCause cause = RunCause.Schedule,
        DateTimeOffset? slot = null, string title = "Documents") => new()
        {
            Id = Guid.CreateVersion7(),
            Kind = kind,
            Cause = cause,
            RepositoryId = place.Id,
            MachineId = plan.MachineId,
            PlanId = kind == RunKind.Backup ? plan.Id : null,
            Title = Text.Verbatim(title),
            RequestedBy = "system",
            Request = request ?? new BackupRequest(BackupMode.Incremental, []),
            Slot = slot,
            QueuedAt = Examples.Noon,
        };

    private async Task<Run> EndAsync(RunOutcome outcome, Problem? problem = null, DateTimeOffset? slot = null,
        RunRequest? request = null, RunKind kind = RunKind.Backup, RunResult? result = null, string title = "Documents")
    {
        var run = Queued(request, kind, slot: slot, title: title);
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(new RunEnded(outcome, null, result, problem) { At = Examples.Noon });
        await rig.Get<RunRecorder>().EndedAsync(run);
        return run;
    }
}
