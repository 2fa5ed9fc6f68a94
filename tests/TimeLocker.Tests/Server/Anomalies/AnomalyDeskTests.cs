using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Anomalies;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Anomalies;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Anomalies;

/// <summary>A backup that is unlike the others is written down with its end, and waits for a person.</summary>
public sealed class AnomalyDeskTests : IAsyncLifetime
{
    private static readonly RunResult Usual = new()
    {
        FilesNew = 2,
        FilesChanged = 30,
        FilesTotal = 1000,
        BytesTotal = 1 << 30,
        BytesAdded = 1 << 20,
        BytesStored = 1 << 19,
    };

    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;
    private DateTimeOffset at = Examples.Noon;

    private AnomalyDesk Desk => rig.Get<AnomalyDesk>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "Documents", "/somewhere");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task After_ten_usual_runs_an_unusual_one_is_kept_told_and_counted()
    {
        await EndAsync(9, Usual);
        await EndAsync(1, Usual with { FilesChanged = 700 });
        (await Desk.ListAsync(new())).Items.ShouldBeEmpty("nine runs are no history");
        await EndAsync(2, Usual);

        var odd = await EndAsync(1, Usual with { FilesChanged = 800 });
        var found = (await Desk.ListAsync(new() { Plan = plan.Id, Open = true })).Items.ShouldHaveSingleItem();
        (found.RunId, found.Measure, found.Value, found.Median,
            found.Text.Full).ShouldBe((odd.Id, AnomalyMeasure.FilesChanged, 800, 30,
                "800 files were changed; usually about 30."));
        (await PlanAsync()).OpenAnomalies.ShouldBe(1);
        var told = (await rig.Get<NoticeFeed>().ListAsync(new() { Event = NoticeEvent.Anomaly },
            DeskRig.Admin)).Items.ShouldHaveSingleItem();
        (told.PlanId, told.RunId,
            told.Text.Full.StartsWith(found.Text.Full, StringComparison.Ordinal)).ShouldBe((plan.Id, odd.Id, true));
    }

    [Fact]
    public async Task What_was_found_before_there_were_keys_still_says_what_it_said()
    {
        await EndAsync(11, Usual);
        await EndAsync(1, Usual with { FilesChanged = 800 });
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlAsync($"UPDATE Anomalies SET Sentence = '4,210 files changed; usually about 30.'");

        (await Desk.ListAsync(new())).Items.ShouldHaveSingleItem().Text.ShouldSatisfyAllConditions(
            text => text.Full.ShouldBe("4,210 files changed; usually about 30."),
            text => text.Unnamed.ShouldBe(text.Full, "everybody could read it"));
    }

    [Fact]
    public async Task A_word_from_an_Operator_answers_it_once()
    {
        await EndAsync(11, Usual);
        await EndAsync(1, Usual with { FilesChanged = 800, FilesNew = 900, FilesTotal = 1900 });
        var open = (await Desk.ListAsync(new() { Open = true })).Items;
        open.Count.ShouldBe(2);

        (await Should.ThrowAsync<ProblemException>(() => Desk.AnswerAsync(open[0].Id, "me",
            DeskRig.Actor(Role.Auditor)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => Desk.AnswerAsync(open[0].Id, "  ",
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        await Desk.AnswerAsync(open[0].Id, " I moved the archive ", DeskRig.Actor(Role.Operator));
        (await PlanAsync()).OpenAnomalies.ShouldBe(1);
        (await Should.ThrowAsync<ProblemException>(() => Desk.AnswerAsync(open[0].Id, "me",
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
        await Desk.AnswerAsync(open[1].Id, "the same", DeskRig.Admin);
        (await PlanAsync()).OpenAnomalies.ShouldBe(0);

        var answered = (await Desk.ListAsync(new() { Open = false })).Items;
        answered.Select(a => a.Answer).ShouldBe(["I moved the archive", "the same"], ignoreOrder: true);
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.CountAsync(e => EF.Property<string>(e, "Kind") == "anomaly.answered")).ShouldBe(2);
        (await db.AuditEntries.AnyAsync(e => e.Body.Contains("archive"))).ShouldBeFalse(
            "what a person writes is not for the audit trail");
    }

    [Fact]
    public async Task While_a_question_is_open_the_same_is_not_asked_again_and_the_odd_run_is_no_measure()
    {
        await EndAsync(11, Usual);
        await EndAsync(3, Usual with { FilesChanged = 800 });
        (await Desk.ListAsync(new())).Items.ShouldHaveSingleItem();

        await EndAsync(1, Usual with { FilesChanged = 800, FilesTotal = 300, BytesTotal = 300 << 20 });
        (await Desk.ListAsync(new())).Items.Select(a => a.Measure)
            .ShouldBe([AnomalyMeasure.FilesChanged, AnomalyMeasure.FilesRemoved, AnomalyMeasure.Size],
            ignoreOrder: true);
        (await PlanAsync()).OpenAnomalies.ShouldBe(3);
    }

    [Fact]
    public async Task Only_whole_backups_that_succeeded_are_looked_at_and_each_mode_has_its_own_history()
    {
        await EndAsync(12, Usual);
        await EndAsync(1, Usual with { FilesChanged = 900 }, RunOutcome.Incomplete);
        await EndAsync(1, Usual with { FilesChanged = 900 }, mode: BackupMode.Partial);
        await EndAsync(1, Usual with { FilesNew = 1000, FilesChanged = 0 }, mode: BackupMode.Full);
        (await Desk.ListAsync(new())).Items.ShouldBeEmpty();
    }

    private async Task<Run> EndAsync(int times, RunResult result, RunOutcome outcome = RunOutcome.Succeeded,
        BackupMode mode = BackupMode.Incremental)
    {
        Run run = null!;
        for (var i = 0; i < times; i++)
        {
            at = at.AddHours(1);
            run = new Run
            {
                Id = Guid.CreateVersion7(at),
                Kind = RunKind.Backup,
                Cause = RunCause.Schedule,
                RepositoryId = place.Id,
                MachineId = plan.MachineId,
                PlanId = plan.Id,
                Title = Text.Verbatim(plan.Name),
                RequestedBy = "system",
                Request = new BackupRequest(mode, []),
                QueuedAt = at,
            };
            await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
            run.Apply(new RunStarted("restic backup", "0.19.1") { At = at });
            run.Apply(new RunEnded(outcome, null, result, null) { At = at.AddSeconds(40) });
            await rig.Get<RunRecorder>().EndedAsync(run);
        }

        return run;
    }

    private Task<BackupPlan> PlanAsync() => rig.Get<PlanCatalog>().GetAsync(plan.Id);
}
