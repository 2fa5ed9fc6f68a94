using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

public sealed class TargetAgeTests
{
    private static readonly DateTimeOffset Made = Examples.Noon;

    [Fact]
    public void A_plan_is_overdue_once_its_last_good_backup_is_older_than_its_target()
    {
        var plan = Plan(hours: 24);
        plan.LastSuccessAt = Made.AddHours(5);

        TargetAge.IsOverdue(plan, Made.AddHours(29)).ShouldBeFalse();
        TargetAge.IsOverdue(plan, Made.AddHours(29).AddSeconds(1)).ShouldBeTrue();
        (TargetAge.IsMet(plan, Made.AddHours(29)), TargetAge.IsMet(plan, Made.AddHours(30))).ShouldBe((true, false));
    }

    [Fact]
    public void A_plan_that_never_succeeded_has_its_target_from_when_it_was_made() =>
        TargetAge.DueBy(Plan(hours: 2)).ShouldBe(Made.AddHours(2));

    [Fact]
    public void Without_a_target_it_is_never_overdue_but_old_after_a_week()
    {
        var plan = Plan(hours: null);

        TargetAge.IsOverdue(plan, Made.AddYears(1)).ShouldBeFalse();
        (TargetAge.IsMet(plan, Made.AddDays(7)), TargetAge.IsMet(plan, Made.AddDays(8))).ShouldBe((true, false));
    }

    [Fact]
    public void A_slot_that_was_missed_or_skipped_hides_no_failure()
    {
        var plan = Plan(hours: null);
        var failed = Count(plan, RunOutcome.Failed);
        Count(plan, RunOutcome.Missed);
        Count(plan, RunOutcome.Skipped);
        Count(plan, RunOutcome.Missed);

        (plan.LastRunId, plan.LastOutcome, plan.FailedInARow, plan.MissedInARow).ShouldBe((failed.Id, RunOutcome.Failed, 1, 2));
    }

    [Fact]
    public void What_happens_again_and_again_is_counted_until_it_ends()
    {
        var plan = Plan(hours: null);
        Count(plan, RunOutcome.Failed);
        Count(plan, RunOutcome.Interrupted);
        Count(plan, RunOutcome.Cancelled);
        plan.FailedInARow.ShouldBe(2, "who stops a run says nothing about the next");
        Count(plan, RunOutcome.Incomplete);
        Count(plan, RunOutcome.Incomplete);
        (plan.FailedInARow, plan.WarnedInARow).ShouldBe((0, 2));
        plan.OverdueSince = Made;
        Count(plan, RunOutcome.Succeeded);
        (plan.FailedInARow, plan.WarnedInARow, plan.MissedInARow, plan.OverdueSince).ShouldBe((0, 0, 0, null));
    }

    [Fact]
    public void A_try_that_is_repeated_does_not_count()
    {
        var plan = Plan(hours: null);
        Count(plan, RunOutcome.Failed, triedAgain: true);
        (plan.FailedInARow, plan.LastOutcome).ShouldBe((0, RunOutcome.Failed));
        Count(plan, RunOutcome.Failed);
        plan.FailedInARow.ShouldBe(1);
    }

    private static Run Count(BackupPlan plan, RunOutcome outcome, bool triedAgain = false)
    {
        var run = Examples.Run(plan: plan.Id);
        run.Apply(Examples.End(outcome));
        PlanCounters.Count(plan, run, triedAgain);
        return run;
    }

    private static BackupPlan Plan(int? hours) =>
        new()
        {
            Id = Guid.NewGuid(),
            Name = "p",
            MachineId = Guid.NewGuid(),
            RepositoryId = Guid.NewGuid(),
            Sources = ["/x"],
            CreatedAt = Made,
            TargetHours = hours,
        };
}
