using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Triggers;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Server.Background;
using TimeLocker.Tests.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Runs go on where the state database is full; what becomes of them is written as soon as there is room.</summary>
public sealed class RunOnFullDiskTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromSeconds(5);

    private ClockRig rig = null!;
    private Repository place = null!;
    private SmallDisk disk = null!;
    private bool refused;

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(Noon);
        place = await rig.RepositoryAsync("place");
        await using var db = await rig.DatabaseAsync();
        disk = new SmallDisk(db.Database.GetDbConnection().DataSource);
    }

    public async Task DisposeAsync()
    {
        disk.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task An_end_is_written_once_there_is_room_and_a_cancel_that_was_refused_did_not_happen()
    {
        rig.Agent.Behaves = _ => (TimeSpan.FromMinutes(10), RunOutcome.Succeeded);
        var plan = await rig.PlanAsync(place, "Papers", null);
        var run = await rig.Get<BackupRuns>().StartAsync(plan.Id, new(), DeskRig.Admin);
        await rig.SettleAsync();
        await DeskRig.UntilAsync(async () => (await RowAsync(run.Id)).State == RunState.Running);
        await FillAsync();
        (await RefusedAsync(() => rig.Get<BackupRuns>().StartAsync(plan.Id, new(),
            DeskRig.Admin))).ShouldBe(ProblemKind.Unavailable);
        (await RefusedAsync(() => rig.Get<RunDesk>().CancelAsync(run.Id, DeskRig.Admin))).ShouldBe(ProblemKind.Unavailable);

        rig.Clock.Advance(TimeSpan.FromMinutes(10));
        await TriedInVainAsync();
        rig.Clock.Advance(UntilNextTry);
        await TriedInVainAsync();
        (await RowAsync(run.Id)).State.ShouldBe(RunState.Running);
        var untold = await rig.Get<RunHistory>().GetAsync(run.Id, DeskRig.Admin);
        (untold.State, untold.Outcome, untold.SnapshotId).ShouldBe((RunState.Running, null, null),
            "who asks hears of an end once it is written down");
        disk.MakeRoom();
        rig.Clock.Advance(UntilNextTry);
        await DeskRig.UntilAsync(async () => (await RowAsync(run.Id)).HasEnded);

        var ended = (await rig.RunsAsync()).ShouldHaveSingleItem();
        (ended.Outcome, ended.EndedAt, ended.SnapshotId,
            ended.CancelledBy).ShouldBe((RunOutcome.Succeeded, Noon.AddMinutes(10), $"{run.Id:N}{run.Id:N}", null));
        (await rig.Get<PlanCatalog>().GetAsync(plan.Id)).LastOutcome.ShouldBe(RunOutcome.Succeeded);
        await using var db = await rig.DatabaseAsync();
        ((await db.PlanDays.SingleAsync()).Runs, await db.Snapshots.CountAsync(),
            await db.AuditEntries.CountAsync(e => EF.Property<string>(e, "Kind") == "run.succeeded")).ShouldBe((1, 1,
                1));
        await db.ShouldBeSoundAsync();
        await DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().Active.Count == 0));
    }

    [Fact]
    public async Task A_slot_that_could_not_be_written_is_decided_once_there_is_room()
    {
        var plan = await rig.PlanAsync(place, "Papers", null, new Schedule("0 13 * * *", "UTC"));
        await rig.LookAsync();
        await FillAsync();
        rig.Clock.Advance(TimeSpan.FromMinutes(61));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<DuePlans>().LookAsync(default));
        (await rig.RunsAsync()).ShouldBeEmpty();

        disk.MakeRoom();
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.LookAsync();

        var run = (await rig.RunsAsync(plan.Id)).ShouldHaveSingleItem();
        (run.Slot, run.Outcome).ShouldBe((Noon.AddHours(1), null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_that_still_matters_is_not_forgotten_by_a_disk_that_takes_no_writes(bool betweenTheTwo)
    {
        var plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Papers",
                RepositoryId = place.Id,
                Sources = ["/made/up"],
                Triggers = [new("call", new Dictionary<string, string>(), TriggerAction.Backup)],
            }, DeskRig.Admin);
        var desk = rig.Get<TriggerDesk>();
        if (betweenTheTwo)
        {
            desk.Changed += _ => RefuseAfter("plan.triggered"); // the event is written down, the run is not
        }
        else
        {
            disk.MakeReadOnly();
        }

        using var engine = Engines.Of(rig.Clock, rig.Get<TriggerWatch>());
        engine.Begin();
        try
        {
            rig.Get<CallTrigger>().Keep(plan.Id, new(Noon, Text.Verbatim("The dump is done.")) { Later = true });
            await DeskRig.UntilAsync(async () =>
                (await desk.OfAsync(
                    plan.Id))[0].Trouble?.Why.Full == "TimeLocker's database cannot be written: it is read-only.");
            (await rig.RunsAsync()).ShouldBeEmpty();
            disk.MakeRoom();
            await DeskRig.UntilAsync(async () =>
            {
                rig.Clock.Advance(TimeSpan.FromSeconds(10));
                await rig.SettleAsync();
                return (await rig.RunsAsync()).Count > 0;
            });
        }
        finally
        {
            await engine.StopAsync();
        }

        ((await rig.RunsAsync()).ShouldHaveSingleItem().Request as BackupRequest)!.Why!.Full.ShouldBe("The dump is done.");
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.CountAsync(e => EF.Property<string>(e, "Kind") == "plan.triggered")).ShouldBe(1);
    }

    // Once: when the trouble is told, the test may have made room already.
    private void RefuseAfter(string kind)
    {
        using var db = rig.Get<IDbContextFactory<TimeLockerDb>>().CreateDbContext();
        if (!refused && db.AuditEntries.Any(e => EF.Property<string>(e, "Kind") == kind))
        {
            refused = true;
            disk.MakeReadOnly();
        }
    }

    // Entries that are smaller than any the product writes: when there is no room for one more, there is none for anything.
    private async Task FillAsync()
    {
        disk.Leave(pages: 0);
        while (await RefusedAsync(() => rig.Get<AuditLog>().ChangeAsync(Actor.System, "x", (_, _) => Task.CompletedTask)) is null)
        {
        }
    }

    private Task TriedInVainAsync() =>
        DeskRig.UntilAsync(() => Task.FromResult(rig.Clock.Rings(rig.Clock.GetUtcNow() + UntilNextTry)));

    private async Task<Run> RowAsync(Guid id) => (await rig.RunsAsync()).Single(r => r.Id == id);

    private static async Task<ProblemKind?> RefusedAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (ProblemException problem)
        {
            return problem.Kind;
        }
    }
}
