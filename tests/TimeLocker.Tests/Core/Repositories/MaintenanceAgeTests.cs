using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Repositories;

/// <summary>When a check or a prune is due: whatever is scheduled, and with nothing scheduled as well.</summary>
public class MaintenanceAgeTests
{
    // A Monday.
    private static readonly DateTimeOffset Added = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_new_repository_is_checked_and_pruned_each_week_unless_nothing_can_be_removed_there()
    {
        UsualMaintenance.Of(appendOnly: false, "UTC").ShouldBe(
        [
            new(RunKind.Check, new Schedule("0 2 * * SUN", "UTC")) { Depth = CheckDepth.Part },
            new(RunKind.Prune, new Schedule("0 4 * * SUN", "UTC")) { MaxRepackMiB = 5120, AfterRemovals = true },
        ]);
        UsualMaintenance.Of(appendOnly: true, "UTC").ShouldHaveSingleItem().Kind.ShouldBe(RunKind.Check);
    }

    [Fact]
    public void A_repository_that_nobody_checks_says_so_as_soon_as_something_is_in_it()
    {
        var place = Place();
        place.SnapshotCount = 0;
        MaintenanceAge.Check(place, Added.AddDays(100)).ShouldBe(MaintenanceState.Fine, "nothing can be lost");

        place.SnapshotCount = 1;
        MaintenanceAge.Check(place, Added).ShouldBe(MaintenanceState.Due);
        MaintenanceAge.Check(place, Added.AddDays(14)).ShouldBe(MaintenanceState.Overdue);
    }

    [Fact]
    public void A_first_check_that_is_planned_has_its_time_and_two_days_more()
    {
        var place = Place(UsualMaintenance.Check("UTC"));

        MaintenanceAge.CheckDueBy(place).ShouldBe(new DateTimeOffset(2026, 3, 10, 2, 0, 0, TimeSpan.Zero), "two days after Sunday");
        MaintenanceAge.Check(place, Added.AddDays(7)).ShouldBe(MaintenanceState.Fine);
        MaintenanceAge.Check(place, Added.AddDays(9)).ShouldBe(MaintenanceState.Due);
        MaintenanceAge.Check(place, Added.AddDays(23)).ShouldBe(MaintenanceState.Overdue);
    }

    [Fact]
    public void A_check_holds_for_a_week_or_until_the_next_that_is_planned()
    {
        var place = Place();
        Checked(place, Added, RunOutcome.Succeeded);
        MaintenanceAge.CheckDueBy(place).ShouldBe(Added.AddDays(7));

        place.MaintenanceSchedules = [new(RunKind.Check, new Schedule("0 2 1 * *", "UTC"))];
        MaintenanceAge.CheckDueBy(place).ShouldBe(new DateTimeOffset(2026, 4, 3, 2, 0, 0, TimeSpan.Zero),
            "who chose once a month is not told every week");
    }

    [Fact]
    public void A_check_that_came_to_no_end_proves_nothing_and_one_that_found_damage_does()
    {
        var place = Place(UsualMaintenance.Check("UTC"));
        var run = Checked(place, Added, RunOutcome.Failed);
        MaintenanceAge.Check(place, Added).ShouldBe(MaintenanceState.Due);

        place.Maintenance = place.Maintenance with { Damage = new(Added, run, ["pack"], [], [], false) };
        MaintenanceAge.Check(place, Added.AddDays(1)).ShouldBe(MaintenanceState.Fine, "it is damaged, which is said elsewhere");
    }

    [Fact]
    public void A_prune_is_due_a_week_after_a_removal_and_not_where_nothing_can_be_removed()
    {
        var place = Place();
        MaintenanceAge.PruneDueBy(place).ShouldBeNull();
        place.Maintenance = place.Maintenance.After(Removal(3));
        MaintenanceAge.PruneDueBy(place).ShouldBe(Added.AddDays(7));
        MaintenanceAge.Prune(place, Added.AddDays(21)).ShouldBe(MaintenanceState.Overdue);

        place.Maintenance = place.Maintenance with { Prune = new(Added.AddHours(1), Guid.NewGuid(), RunOutcome.Failed) };
        MaintenanceAge.NeedsPrune(place).ShouldBeTrue("it freed nothing");
        place.AppendOnly = true;
        MaintenanceAge.PruneDueBy(place).ShouldBeNull();
        (place.AppendOnly, place.Maintenance) = (false,
            place.Maintenance with { Prune = new(Added.AddHours(1), Guid.NewGuid(), RunOutcome.Succeeded) });
        MaintenanceAge.NeedsPrune(place).ShouldBeFalse();
    }

    [Theory]
    [InlineData(RunOutcome.Succeeded, 2, true)]
    [InlineData(RunOutcome.Cancelled, 1, true)]
    [InlineData(RunOutcome.Interrupted, 1, true)]
    [InlineData(RunOutcome.Failed, 0, false)]
    public void A_removal_counts_by_what_is_gone_however_it_ended(RunOutcome outcome, int gone, bool counts) =>
        (MaintenanceRecord.Unknown.After(Removal(gone, outcome)).Removal is not null).ShouldBe(counts);

    [Fact]
    public void A_preview_of_a_removal_removes_nothing() =>
        MaintenanceRecord.Unknown.After(Removal(3, dryRun: true)).Removal.ShouldBeNull();

    private static Repository Place(params MaintenanceSchedule[] schedules) => new()
    {
        Id = Guid.NewGuid(),
        Name = "Cellar",
        Backend = "local",
        Values = [],
        CreatedAt = Added,
        ResticId = "1",
        MaintenanceSchedules = [.. schedules],
        SnapshotCount = 1,
    };

    private static Guid Checked(Repository place, DateTimeOffset at, RunOutcome outcome)
    {
        var run = Guid.NewGuid();
        place.Maintenance = place.Maintenance with { Check = new(at, run, outcome) };
        return run;
    }

    private static Run Removal(int gone, RunOutcome outcome = RunOutcome.Succeeded, bool dryRun = false)
    {
        var run = Server.Runs.Examples.Run(kind: RunKind.Forget, request: new ForgetRequest([], dryRun));
        run.Apply(new RunEnded(outcome, null,
            new RunResult { DryRun = dryRun, Changed = Enumerable.Range(1, gone).ToDictionary(n => $"{n}", _ => "") },
            null)
        { At = Added });
        return run;
    }
}
