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
public class CareAgeTests
{
    // A Monday.
    private static readonly DateTimeOffset Added = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_new_repository_is_checked_and_pruned_each_week_unless_nothing_can_be_removed_there()
    {
        UsualCare.Of(appendOnly: false, "UTC").ShouldBe(
        [
            new(RunKind.Check, new Schedule("0 2 * * SUN", "UTC")) { Depth = CheckDepth.Part },
            new(RunKind.Prune, new Schedule("0 4 * * SUN", "UTC")) { MaxRepackMiB = 5120, AfterRemovals = true },
        ]);
        UsualCare.Of(appendOnly: true, "UTC").ShouldHaveSingleItem().Kind.ShouldBe(RunKind.Check);
    }

    [Fact]
    public void A_repository_that_nobody_checks_says_so_as_soon_as_something_is_in_it()
    {
        var place = Place();
        place.SnapshotCount = 0;
        CareAge.Check(place, Added.AddDays(100)).ShouldBe(CareState.Fine, "nothing can be lost");

        place.SnapshotCount = 1;
        CareAge.Check(place, Added).ShouldBe(CareState.Due);
        CareAge.Check(place, Added.AddDays(14)).ShouldBe(CareState.Overdue);
    }

    [Fact]
    public void A_first_check_that_is_planned_has_its_time_and_two_days_more()
    {
        var place = Place(UsualCare.Check("UTC"));

        CareAge.CheckDueBy(place).ShouldBe(new DateTimeOffset(2026, 3, 10, 2, 0, 0, TimeSpan.Zero), "two days after Sunday");
        CareAge.Check(place, Added.AddDays(7)).ShouldBe(CareState.Fine);
        CareAge.Check(place, Added.AddDays(9)).ShouldBe(CareState.Due);
        CareAge.Check(place, Added.AddDays(23)).ShouldBe(CareState.Overdue);
    }

    [Fact]
    public void A_check_holds_for_a_week_or_until_the_next_that_is_planned()
    {
        var place = Place();
        Checked(place, Added, RunOutcome.Succeeded);
        CareAge.CheckDueBy(place).ShouldBe(Added.AddDays(7));

        place.Care = [new(RunKind.Check, new Schedule("0 2 1 * *", "UTC"))];
        CareAge.CheckDueBy(place).ShouldBe(new DateTimeOffset(2026, 4, 3, 2, 0, 0, TimeSpan.Zero), "who chose once a month is not told every week");
    }

    [Fact]
    public void A_check_that_came_to_no_end_proves_nothing_and_one_that_found_damage_does()
    {
        var place = Place(UsualCare.Check("UTC"));
        var run = Checked(place, Added, RunOutcome.Failed);
        CareAge.Check(place, Added).ShouldBe(CareState.Due);

        place.Health = place.Health with { Damage = new(Added, run, ["pack"], [], [], false) };
        CareAge.Check(place, Added.AddDays(1)).ShouldBe(CareState.Fine, "it is damaged, which is said elsewhere");
    }

    [Fact]
    public void A_prune_is_due_a_week_after_a_removal_and_not_where_nothing_can_be_removed()
    {
        var place = Place();
        CareAge.PruneDueBy(place).ShouldBeNull();
        place.Health = place.Health.After(Removal(3));
        CareAge.PruneDueBy(place).ShouldBe(Added.AddDays(7));
        CareAge.Prune(place, Added.AddDays(21)).ShouldBe(CareState.Overdue);

        place.Health = place.Health with { Prune = new(Added.AddHours(1), Guid.NewGuid(), RunOutcome.Failed) };
        CareAge.NeedsPrune(place).ShouldBeTrue("it freed nothing");
        place.AppendOnly = true;
        CareAge.PruneDueBy(place).ShouldBeNull();
        (place.AppendOnly, place.Health) = (false, place.Health with { Prune = new(Added.AddHours(1), Guid.NewGuid(), RunOutcome.Succeeded) });
        CareAge.NeedsPrune(place).ShouldBeFalse();
    }

    [Theory]
    [InlineData(RunOutcome.Succeeded, 2, true)]
    [InlineData(RunOutcome.Cancelled, 1, true)]
    [InlineData(RunOutcome.Interrupted, 1, true)]
    [InlineData(RunOutcome.Failed, 0, false)]
    public void A_removal_counts_by_what_is_gone_however_it_ended(RunOutcome outcome, int gone, bool counts) =>
        (RepositoryHealth.Unknown.After(Removal(gone, outcome)).Removal is not null).ShouldBe(counts);

    [Fact]
    public void A_preview_of_a_removal_removes_nothing() => RepositoryHealth.Unknown.After(Removal(3, dryRun: true)).Removal.ShouldBeNull();

    private static Repository Place(params CareSchedule[] care) => new()
    {
        Id = Guid.NewGuid(),
        Name = "Cellar",
        Backend = "local",
        Values = [],
        MachineId = Guid.NewGuid(),
        CreatedAt = Added,
        ResticId = "1",
        Care = [.. care],
        SnapshotCount = 1,
    };

    private static Guid Checked(Repository place, DateTimeOffset at, RunOutcome outcome)
    {
        var run = Guid.NewGuid();
        place.Health = place.Health with { Check = new(at, run, outcome) };
        return run;
    }

    private static Run Removal(int gone, RunOutcome outcome = RunOutcome.Succeeded, bool dryRun = false)
    {
        var run = Server.Runs.Examples.Run(kind: RunKind.Forget, request: new ForgetRequest([], dryRun));
        run.Apply(new RunEnded(outcome, null, new RunResult { DryRun = dryRun, Changed = Enumerable.Range(1, gone).ToDictionary(n => $"{n}", _ => "") }, null) { At = Added });
        return run;
    }
}
