using Shouldly;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>A copy of a plan would save the same files at the same time: it rests until somebody has looked at it.</summary>
public sealed class PlanCopyTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private BackupPlan plan = null!;

    private PlanCatalog Plans => rig.Get<PlanCatalog>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        var place = await rig.RepositoryAsync();
        plan = await Plans.CreateAsync(new()
        {
            Name = "Papers",
            RepositoryId = place.Id,
            Sources = ["/somewhere"],
            Schedules = [new("*/5 * * * *", "UTC")],
            Triggers = [new("call", new Dictionary<string, string>(), TriggerAction.Backup)],
        }, DeskRig.Admin);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Neither_its_schedule_nor_its_events_start_it_and_it_says_why()
    {
        var copy = await Plans.DuplicateAsync(plan.Id, null, DeskRig.Admin);

        copy.PausedBecause.ShouldBe("It is a copy that nobody has looked at yet.");
        (await Plans.GetAsync(copy.Id)).PausedBecause.ShouldNotBeNull("also when it was read again");
        rig.Get<DuePlans>().Upcoming(copy, 5).ShouldBeEmpty();
        rig.Get<DuePlans>().Upcoming(plan, 5).Count.ShouldBe(5);
        PauseEnd.IsOpen(TriggerRules.MayStart(copy, copy.Triggers[0], TimeProvider.System.GetUtcNow(),
            TimeZoneInfo.Utc)).ShouldBeTrue();
        plan.PausedBecause.ShouldBeNull();
    }

    [Fact]
    public async Task Who_saves_or_resumes_it_has_looked_at_it()
    {
        async Task<BackupPlan> CopyAsync() => await Plans.DuplicateAsync(plan.Id, null, DeskRig.Admin);

        (await Plans.UpdateAsync((await CopyAsync()).Id, NewPlan.From(plan) with { Name = "Other" },
            DeskRig.Admin)).PausedUntil.ShouldBeNull();
        (await Plans.ScheduleAsync((await CopyAsync()).Id, plan.Schedules, null, null, DeskRig.Admin)).PausedUntil.ShouldBeNull();
        (await Plans.ResumeAsync((await CopyAsync()).Id, DeskRig.Admin)).PausedUntil.ShouldBeNull();
    }

    [Fact]
    public async Task A_pause_that_somebody_wanted_outlives_a_change()
    {
        await Plans.PauseAsync(plan.Id, null, DeskRig.Admin);

        var changed = await Plans.UpdateAsync(plan.Id, NewPlan.From(plan) with { Options = new() { Tags = ["x"] } }, DeskRig.Admin);

        (changed.PausedUntil, changed.PausedBecause).ShouldBe((PauseEnd.UntilResumed, null));
    }
}
