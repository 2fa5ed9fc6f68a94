using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>Maintenance of a repository that happens by itself.</summary>
public sealed class DueMaintenanceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 11, 10, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = new("0 * * * *", "UTC");

    private ClockRig rig = null!;

    public async Task InitializeAsync() => rig = await ClockRig.StartAsync(Start);

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Check_prune_copy_and_stats_are_started_with_what_was_set()
    {
        var place = await rig.RepositoryAsync("place");
        var copy = await rig.RepositoryAsync("copy", copyOf: place.Id);
        await SetAsync(place, new(RunKind.Check, Hourly) { Depth = CheckDepth.Part },
            new(RunKind.Prune, Hourly) { MaxUnused = 10, MaxRepackMiB = 500 }, new(RunKind.Copy, Hourly),
            new(RunKind.Stats, Hourly));
        await rig.LookAsync();
        rig.Get<DueMaintenance>().Next.ShouldBe(Start.AddMinutes(50));
        await rig.PassAsync(TimeSpan.FromMinutes(58));

        var runs = await rig.RunsAsync();
        runs.ShouldAllBe(r => r.Cause == RunCause.Schedule && r.Slot == Start.AddMinutes(50) && r.PlanId == null
            && r.RequestedBy == "system" && r.Outcome == RunOutcome.Succeeded);
        runs.Select(r => r.Request)
            .ShouldBe([new CheckRequest(CheckDepth.Part, 1), new PruneRequest(10, 500, false),
                new CopyRequest(place.Id), new StatsRequest()], ignoreOrder: true);
        runs.Single(r => r.Kind == RunKind.Copy).RepositoryId.ShouldBe(copy.Id);
    }

    [Fact]
    public async Task A_prune_after_removals_has_no_slot_while_nothing_was_removed()
    {
        var place = await rig.RepositoryAsync("place");
        await SetAsync(place, new MaintenanceSchedule(RunKind.Prune, Hourly) { MaxRepackMiB = 500, AfterRemovals = true });
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromHours(2));
        (await rig.RunsAsync()).ShouldBeEmpty("a line that says nothing every week hides those that do");

        var removed = rig.Clock.GetUtcNow();
        await rig.Get<TimeLocker.Server.Audit.AuditLog>()
            .TouchAsync(async db => (await db.Repositories.FindAsync(place.Id))!.Maintenance =
                MaintenanceRecord.Unknown with { Removal = new(removed, Guid.NewGuid(), RunOutcome.Succeeded) });
        await rig.PassAsync(TimeSpan.FromHours(3));

        (await rig.RunsAsync()).ShouldHaveSingleItem().Request.ShouldBe(new PruneRequest(null, 500, false));
    }

    [Fact]
    public async Task A_sleep_makes_one_catch_up_and_a_restart_none()
    {
        var place = await rig.RepositoryAsync("place");
        await SetAsync(place, new MaintenanceSchedule(RunKind.Check, Hourly));
        await rig.SleepAsync(TimeSpan.FromHours(5));
        await rig.PassAsync(TimeSpan.FromMinutes(2));
        await rig.DownAsync(TimeSpan.FromMinutes(1));

        (await rig.RunsAsync()).Select(r => r.Outcome)
            .ShouldBe([RunOutcome.Missed, RunOutcome.Missed, RunOutcome.Missed, RunOutcome.Missed,
                RunOutcome.Succeeded]);
    }

    [Fact]
    public async Task A_prune_is_left_out_while_the_clock_is_in_doubt_and_where_nothing_may_be_removed()
    {
        var place = await rig.RepositoryAsync("place");
        await SetAsync(place, new MaintenanceSchedule(RunKind.Prune, Hourly));
        rig.Booted -= TimeSpan.FromDays(-3); // the kernel counted three days less than the wall clock
        rig.Clock.Jump(TimeSpan.Zero);
        await rig.Get<ClockWatch>().NoteAsync(default);
        rig.Booted -= TimeSpan.FromDays(3);
        rig.Clock.Advance(TimeSpan.FromMinutes(50));
        await rig.LookAsync();

        rig.Get<ClockWatch>().Doubt.ShouldNotBeNull();
        (await rig.RunsAsync()).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(RunOutcome.Skipped),
            r => r.Problem!.Why.Full.ShouldContain("clock is in doubt"));
        rig.Agent.Begun.ShouldBeEmpty();

        var locked = await rig.RepositoryAsync("locked", appendOnly: true);
        (await Should.ThrowAsync<ProblemException>(() => SetAsync(locked,
            new MaintenanceSchedule(RunKind.Prune, Hourly)))).Kind.ShouldBe(ProblemKind.Conflict);
        await rig.Get<TimeLocker.Server.Audit.AuditLog>()
            .TouchAsync(async db =>
                (await db.Repositories.FindAsync(locked.Id))!.MaintenanceSchedules = [new(RunKind.Prune, Hourly)]);
        await rig.Get<TimeLocker.Server.Audit.AuditLog>()
            .TouchAsync(async db => (await db.Repositories.FindAsync(locked.Id))!.MaintenanceUntil =
                rig.Clock.GetUtcNow());
        await rig.PassAsync(TimeSpan.FromHours(1));
        (await rig.RunsAsync()).Single(r => r.RepositoryId == locked.Id)
            .ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(RunOutcome.Skipped),
            r => r.Problem!.Why.Full.ShouldContain("append-only"));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_only_an_admin_sets_it()
    {
        var place = await rig.RepositoryAsync("place");
        foreach (var schedule in (MaintenanceSchedule[])[new(RunKind.Backup, Hourly), new(RunKind.Unlock, Hourly),
            new(RunKind.Check, new("nonsense", "UTC")), new(RunKind.Prune, Hourly) { MaxUnused = 101 }])
        {
            (await Should.ThrowAsync<ProblemException>(() => SetAsync(place, schedule))).Kind.ShouldBe(ProblemKind.Invalid);
        }

        (await Should.ThrowAsync<ProblemException>(() => SetAsync(place,
            new MaintenanceSchedule(RunKind.Copy, Hourly)))).Kind.ShouldBe(ProblemKind.Conflict);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryCatalog>().SetMaintenanceAsync(place.Id, [],
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).MaintenanceSchedules.ShouldBeEmpty();
    }

    private Task<Repository> SetAsync(Repository place, params MaintenanceSchedule[] schedule) =>
        rig.Get<RepositoryCatalog>().SetMaintenanceAsync(place.Id, schedule, DeskRig.Admin);
}
