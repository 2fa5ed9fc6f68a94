using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Background;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Triggers;
using TimeLocker.Tests.Server.Background;
using Xunit;

namespace TimeLocker.Tests.Server.Triggers;

/// <summary>Events and the hours in which their plan may begin, on a clock that the test moves.</summary>
public sealed class TriggerHoursTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.FromHours(2)); // a Wednesday in Berlin
    private static readonly DateTimeOffset Opening = Noon.AddHours(10);
    private static readonly PlanTrigger Call = new("call", new Dictionary<string, string>(),
        TriggerAction.Backup)
    { PauseMinutes = 0 };

    private ClockRig rig = null!;
    private BackupPlan plan = null!;
    private BackgroundEngine engine = null!;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon);
        var nights = new PlanWindows([new(Enum.GetValues<DayOfWeek>(), new(22, 0), new(6, 0))], []);
        plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Nights",
                RepositoryId = (await rig.RepositoryAsync("place")).Id,
                Sources = ["/made/up"],
                Options = new() { Windows = nights },
                Triggers = [Call],
            }, DeskRig.Admin);
        engine = Engines.Of(rig.Clock, rig.Get<TriggerWatch>());
        engine.Begin();
    }

    public async Task DisposeAsync()
    {
        await engine.StopAsync();
        engine.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_outside_the_hours_starts_once_when_they_begin()
    {
        var first = await CallAsync("The dump is done.");
        await CallAsync("Another dump is done.");
        (first.Runs.Count, first.StartsAt).ShouldBe((0, Opening));
        await DeskRig.UntilAsync(async () => (await StateAsync()).StartsAt == Opening);
        (await StateAsync()).Says!.Full.ShouldEndWith("It starts later: it is outside the plan's hours.");

        await rig.PassAsync(Opening - Noon - TimeSpan.FromMinutes(1));
        (await rig.RunsAsync()).ShouldBeEmpty();
        await UntilRunsAsync(1);
        await rig.PassAsync(TimeSpan.FromHours(2));

        var run = (await rig.RunsAsync()).ShouldHaveSingleItem();
        (run.Cause, run.Outcome, run.QueuedAt >= Opening).ShouldBe((RunCause.Trigger, RunOutcome.Succeeded, true));
        (await StateAsync()).StartsAt.ShouldBeNull();
    }

    [Fact]
    public async Task What_still_matters_is_made_up_for_once_when_the_pause_is_over()
    {
        await rig.PassAsync(Opening - Noon);
        var over = rig.Clock.GetUtcNow().AddHours(1);
        await rig.Get<PlanCatalog>().PauseAsync(plan.Id, over, DeskRig.Admin);

        (await CallAsync("Files changed.")).Runs.ShouldBeEmpty();
        await DeskRig.UntilAsync(async () => (await StateAsync()).StartsAt == over);
        await rig.PassAsync(TimeSpan.FromMinutes(59));
        (await rig.RunsAsync()).ShouldBeEmpty();
        await UntilRunsAsync(1);

        (await rig.RunsAsync())[0].QueuedAt.ShouldBeGreaterThanOrEqualTo(over);
        await DeskRig.UntilAsync(async () => (await StateAsync()).StartsAt is null);
    }

    [Fact]
    public async Task Within_the_hours_it_starts_at_once()
    {
        await rig.PassAsync(Opening - Noon);

        var fired = await CallAsync("The dump is done.");

        (fired.Runs.Count, fired.StartsAt).ShouldBe((1, null));
    }

    [Fact]
    public async Task What_matters_only_now_is_let_go_outside_the_hours()
    {
        var verdict = await rig.Get<TriggerDesk>().TryAsync(plan.Id, Call.Key,
            new Firing(Noon, Text.Verbatim("The machine is going to sleep.")), DeskRig.Admin, default);

        (verdict.Run, verdict.Waits).ShouldBe((null, false));
        (await StateAsync()).Says!.Full.ShouldBe(
            "The machine is going to sleep. Nothing was started: it is outside the plan's hours.");
    }

    [Fact]
    public async Task Hours_that_end_while_a_backup_is_waited_for_are_kept_to()
    {
        rig.Agent.Behaves = _ => (TimeSpan.FromMinutes(40), RunOutcome.Succeeded);
        await rig.PassAsync(Noon.AddHours(17.75) - Noon); // 5:45
        (await CallAsync("The first.")).Runs.ShouldHaveSingleItem();
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await CallAsync("The second.");
        await DeskRig.UntilAsync(async () => (await StateAsync()).Says?.Full.StartsWith("The second. It starts when",
            StringComparison.Ordinal) == true);

        await rig.PassAsync(TimeSpan.FromMinutes(41)); // 6:26
        await DeskRig.UntilAsync(async () => (await StateAsync()).StartsAt == Opening.AddDays(1));
        (await rig.RunsAsync()).ShouldHaveSingleItem();
        await rig.PassAsync(Opening.AddDays(1) - rig.Clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        (await rig.RunsAsync()).ShouldHaveSingleItem();
        await UntilRunsAsync(2);

        (await rig.RunsAsync())[1].QueuedAt.ShouldBeGreaterThanOrEqualTo(Opening.AddDays(1));
    }

    private Task<Fired> CallAsync(string why) => rig.Get<TriggerDesk>().FireAsync(plan.Id, "call", why, DeskRig.Admin);

    private async Task<TriggerState> StateAsync() => (await rig.Get<TriggerDesk>().OfAsync(plan.Id))[0];

    // The watch looks again each minute of the clock, as soon as this machine gets to it.
    private Task UntilRunsAsync(int count) => DeskRig.UntilAsync(async () =>
    {
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        await rig.SettleAsync();
        return (await rig.RunsAsync()).Count == count;
    });
}
