using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Server.Retention;

/// <summary>What will exist on a day.</summary>
public sealed partial class RetentionDeskTests
{
    [Fact]
    public async Task The_calendar_says_what_will_exist_on_a_day()
    {
        await FakeAsync(3);
        var wanted = NewPlan.From(await rig.Get<PlanCatalog>()
            .GetAsync(plan.Id)) with
        {
            Schedules = [new("0 12 * * *", "UTC")],
            Retention = new() { KeepDaily = 10, PendingDays = 0 },
        };
        await rig.Get<PlanCatalog>().UpdateAsync(plan.Id, wanted, DeskRig.Admin);
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(100);

        var calendar = await Desk.CalendarAsync(plan.Id, day, null);

        (calendar.Days.Count, calendar.PerDay).ShouldBe((366, 1));
        calendar.Days[100].Snapshots.ShouldBe(10);
        calendar.Chosen!.Snapshots.Count(s => s.Reasons.Contains("daily snapshot")).ShouldBe(10);
        (await Should.ThrowAsync<ProblemException>(() => Desk.CalendarAsync(plan.Id, day.AddDays(-101),
            null))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Desk.CalendarAsync(plan.Id, null, new() { KeepLast = 2 })).Days[300].Snapshots.ShouldBe(2 + 7,
            "two, and what waits for a week");
    }

    [Fact]
    public async Task The_calendar_knows_the_hours_and_the_pause_of_the_plan()
    {
        var (plans, began) = (rig.Get<PlanCatalog>(), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        PlanWindows atTheWeekend = new([new([DayOfWeek.Saturday, DayOfWeek.Sunday], new(6, 0), new(12, 0))], []);
        await plans.ScheduleAsync(plan.Id, [new("30 */2 * * *", "UTC")], atTheWeekend, null, DeskRig.Admin);

        // At half past every second hour from six to twelve: three on each day of a weekend, however the year lies.
        bool Weekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var all = await Desk.CalendarAsync(plan.Id, null, null, everything: true);
        all.Days.Skip(1).Zip(all.Days, (day, before) => (day.Day, New: day.Snapshots - before.Snapshots))
            .Where(d => d.New != (Weekend(d.Day) ? 3 : 0)).ShouldBeEmpty();

        var end = began.AddDays(60);
        await plans.PauseAsync(plan.Id, new DateTimeOffset(end, new(8, 0), TimeSpan.Zero), DeskRig.Admin);
        var paused = await Desk.CalendarAsync(plan.Id, null, null, everything: true);
        var today = paused.Days[0].Day;
        today.ShouldBeOneOf(began, began.AddDays(1)); // midnight may have passed since
        paused.Days.TakeWhile(d => d.Day < end).ShouldAllBe(d => d.Snapshots == 0);
        paused.Days[^1].Snapshots.ShouldBe(Enumerable.Range(0, 366).Select(n => today.AddDays(n)).Where(d => d >= end)
            .Sum(d => !Weekend(d) ? 0 : d == end ? 2 : 3));
        (await plans.PauseAsync(plan.Id, null, DeskRig.Admin)).PausedUntil.ShouldNotBeNull();
        (await Desk.CalendarAsync(plan.Id, null, null)).PerDay.ShouldBe(0);
    }
}
