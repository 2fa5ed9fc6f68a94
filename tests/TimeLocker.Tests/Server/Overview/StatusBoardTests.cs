using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Tests.Server.Monitoring;
using Xunit;

namespace TimeLocker.Tests.Server.Overview;

/// <summary>What needs a person is said with the one button that helps.</summary>
public sealed class StatusBoardTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private MonitoringRig news = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        news = new MonitoringRig(rig);
        place = await rig.RepositoryAsync();
        plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Documents",
                RepositoryId = place.Id,
                Sources = ["/somewhere"],
                TargetHours = 24,
            }, DeskRig.Admin);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task The_overview_says_it_with_one_button_and_counts_those_that_met_their_target()
    {
        await rig.PlanAsync(place, "Without a target", "/elsewhere");
        await news.ChangeAsync(db =>
        {
            foreach (var p in db.Plans)
            {
                (p.LastOutcome, p.LastSuccessAt, p.LastRunId) = (RunOutcome.Succeeded, news.Clock.GetUtcNow(), Guid.NewGuid());
            }
        });
        (await news.Board.GetAsync()).Sentence.Full.ShouldBe("Your files are backed up; one thing is left to do.",
            "nobody has proven the recovery kit");
        news.Clock.Advance(TimeSpan.FromHours(49));

        var status = await news.Board.GetAsync();
        status.Sentence.Full.ShouldBe("1 of 2 plans met their target.");
        status.Level.ShouldBe(Level.Overdue);
        var item = status.Exceptions.Single(e => e.Level == Level.Overdue);
        (item.What.Full, item.Why.Full, item.Button.Full,
            item.Link).ShouldBe(("“Documents” is overdue.",
                "Its last good backup is 2 days old; it should never be older than 24 hours.", "Back up",
                $"/plans/{plan.Id}"));
    }

    [Fact]
    public async Task A_missed_slot_an_unusual_backup_and_a_channel_in_trouble_each_have_their_button()
    {
        await news.ChangeAsync(db =>
        {
            var p = db.Plans.Single();
            (p.LastOutcome, p.LastSuccessAt, p.LastRunId, p.MissedInARow, p.OpenAnomalies) = (RunOutcome.Succeeded,
                news.Clock.GetUtcNow(), Guid.NewGuid(), 2, 1);
            db.Channels.Add(new()
            {
                Id = Guid.NewGuid(),
                Name = "Mail",
                Kind = "smtp",
                Values = [],
                CreatedAt = news.Clock.GetUtcNow(),
                Trouble = new(Text.Verbatim("Not sent."), Text.Verbatim("The server refuses the password."),
                    Text.Verbatim("Correct it.")),
            });
        });

        var status = await news.Board.GetAsync();
        status.Plans[0].Level.ShouldBe(Level.Missed);
        status.Exceptions.Select(e => (e.What.Full, e.Button.Full))
            .ShouldBe([("“Documents” missed 2 backups in a row.", "See when"),
                ("“Documents” had an unusual backup.", "Look"), ("“Mail” does not reach anybody.", "Settings"),
                    ("Nobody is notified when something goes wrong.", "Tell somebody"),
                        ("The recovery kit of “place” is not proven.", "Prove it")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_failure_is_worse_than_what_was_missed_after_it()
    {
        await news.ChangeAsync(db => (db.Plans.Single().LastOutcome, db.Plans.Single().MissedInARow,
            db.Plans.Single().FailedInARow) = (RunOutcome.Failed, 3, 2));

        (await LevelAsync()).ShouldBe(Level.Failed);
        (await news.Board.GetAsync()).Exceptions[0].Why.Full.ShouldContain("2 times in a row");
    }

    [Fact]
    public async Task A_failure_is_named_by_its_cause_and_its_button_is_the_next_step()
    {
        var run = Runs.Examples.Run(place.Id, "Documents", plan.Id);
        run.Apply(new RunChecked([new("sources", CheckLevel.Failed,
            Text.Verbatim("Sources there: 0 of 1."))])
        { At = news.Clock.GetUtcNow() });
        run.Apply(new RunEnded(RunOutcome.Failed, null, null,
            new(Text.Verbatim("Nothing can be backed up."), Text.Verbatim("None of the folders exists: /somewhere."),
                Text.Verbatim("Correct the folders.")))
        { At = news.Clock.GetUtcNow() });
        await news.ChangeAsync(db =>
        {
            db.Runs.Add(run);
            (db.Plans.Single().LastOutcome, db.Plans.Single().LastRunId) = (RunOutcome.Failed, run.Id);
        });

        var item = (await news.Board.GetAsync()).Exceptions[0];
        (item.What.Full, item.Why.Full, item.Button.Full,
            item.Link).ShouldBe(("“Documents” failed.", "Nothing can be backed up.", "Edit plan",
                $"/plans/{plan.Id}/edit"));
    }

    [Fact]
    public async Task Space_that_waits_for_a_prune_is_said()
    {
        await news.ChangeAsync(db => (db.Repositories.Single().MaintenanceSchedules,
            db.Repositories.Single().Maintenance) = ([],
            MaintenanceRecord.Unknown with { Removal = new(place.CreatedAt, Guid.NewGuid(), RunOutcome.Succeeded) }));
        news.Clock.Advance(TimeSpan.FromDays(8.1));

        var item = (await news.Board.GetAsync()).Exceptions.Single(e => e.Button == "Prune");
        (item.What.Full,
            item.Why.Full).ShouldBe(("A prune of “place” is due.",
                "Snapshots were removed 8 days ago; their data takes room until a prune, and none is planned."));
    }

    private async Task<Level> LevelAsync() => (await news.Board.GetAsync()).Plans.Single(p => p.Plan.Id == plan.Id).Level;
}
