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

/// <summary>
/// Two-phase removal with the real restic: marked after a backup, brought back with one click, removed when it has
/// waited.
/// </summary>
public sealed partial class RetentionDeskTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    private RetentionDesk Desk => rig.Get<RetentionDesk>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "plan", Path.GetDirectoryName(rig.Write("data/file.txt"))!);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_the_policy_does_not_keep_waits_comes_back_with_one_click_and_else_is_removed()
    {
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 1, PendingDays = 7 } }, DeskRig.Admin);
        for (var n = 0; n < 4; n++)
        {
            rig.Write("data/file.txt", $"{n}");
            await rig.BackupAsync(plan);
        }

        var all = await SnapshotsAsync();
        var pending = await Desk.PendingAsync(plan.Id);
        pending.Select(p => p.Snapshot).ShouldBe(all.Skip(1).Select(s => s.Id), ignoreOrder: true);
        pending.ShouldAllBe(p => p.RemoveAfter == p.MarkedAt.AddDays(7) && p.RunId == null);
        await rig.Get<RemovalDesk>().ForgetDueAsync();
        rig.Get<RunFeed>().Active.ShouldBeEmpty("nothing has waited long enough");
        var said = await MarkingsAsync();
        said.Select(m => (m["count"]!.GetValue<int>(), m["why"]!.ToString()))
            .ShouldBe([(1, "after a backup"), (1, "after a backup"), (1, "after a backup")],
            "one entry for each marking, none where nothing was marked");
        said.SelectMany(m => m["marked"]!.AsArray().Select(id => id!.ToString())).ShouldBe(all.Skip(1).Reverse().Select(s => s.Id));
        said.Select(m => m["run"]!.GetValue<Guid?>()).ShouldBe(all.Take(3).Reverse().Select(s => s.RunId));

        var back = all[2].Id;
        var pin = await Desk.KeepAsync(plan.Id, back[..8], null, DeskRig.Actor(Role.Operator));
        await QuietAsync();
        (await Desk.KeepAsync(plan.Id, back[..8], "again", DeskRig.Admin)).Id.ShouldBe(pin.Id, "a second click changes nothing");
        (await Desk.PendingAsync(plan.Id)).Select(p => p.Snapshot).ShouldBe([all[1].Id, all[3].Id], ignoreOrder: true);
        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).Count.ShouldBe(2, "it is not marked again");

        await AgeAsync();
        await rig.Get<RemovalDesk>().ForgetDueAsync();
        // the keeper may have been the first to see it
        await DeskRig.UntilAsync(async () => (await Desk.PendingAsync(plan.Id)).Count == 0);
        await QuietAsync();

        var left = await SnapshotsAsync();
        left.Select(Key).ShouldBe([all[0].Id, back]);
        left[1].Tags.ShouldContain("tlpin");
        left[1].Original.ShouldBe(back);
        (left[1].PlanId, left[1].RunId).ShouldBe((plan.Id, all[2].RunId));
        (await Desk.PendingAsync(plan.Id)).ShouldBeEmpty();
        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).SnapshotCount.ShouldBe(2);
        var run = await LastAsync(RunKind.Forget);
        (run.Outcome, run.PlanId, run.Result!.Changed.Count).ShouldBe((RunOutcome.Succeeded, plan.Id, 2), run.Problem?.ToString());
        await rig.Get<SnapshotCatalog>().RefreshAsync(place.Id);
        (await SnapshotsAsync()).Select(s => s.Id).ShouldBe(left.Select(s => s.Id), "the repository says the same");

        (await rig.Get<SnapshotCatalog>().GetAsync(place.Id, back)).Id.ShouldBe(left[1].Id,
            "what it was called first still finds it");
        await rig.Get<PinCatalog>().UnpinAsync(pin.Id, DeskRig.Actor(Role.Operator));
        await QuietAsync();
        (await SnapshotsAsync())[1].Tags.ShouldNotContain("tlpin");
        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).ShouldHaveSingleItem().Snapshot.ShouldBe(back);
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.Select(e => EF.Property<string>(e, "Kind")).ToListAsync()).ShouldContain("retention.forget");
    }

    [Fact]
    public async Task A_removal_that_cannot_be_written_down_is_begun_as_soon_as_it_can_be()
    {
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 1, PendingDays = 7 } }, DeskRig.Admin);
        await rig.BackupAsync(plan);
        rig.Write("data/file.txt", "more");
        await rig.BackupAsync(plan);
        await SqlAsync(
            "CREATE TRIGGER no_forget BEFORE INSERT ON Runs WHEN NEW.Kind = 'Forget' BEGIN SELECT RAISE(ABORT, 'not now'); END");
        await AgeAsync();
        await Record.ExceptionAsync(() => rig.Get<RemovalDesk>().ForgetDueAsync()); // the keeper may have been the first to meet it

        await DeskRig.UntilAsync(async () => (await Desk.PendingAsync(plan.Id)).Single().RunId is null);
        await SqlAsync("DROP TRIGGER no_forget");
        await rig.Get<RemovalDesk>().ForgetDueAsync();

        await DeskRig.UntilAsync(async () => (await Desk.PendingAsync(plan.Id)).Count == 0);
    }

    [Fact]
    public async Task Without_a_time_of_waiting_it_goes_by_itself_after_the_next_backup()
    {
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 1, PendingDays = 0 } }, DeskRig.Admin);
        await rig.BackupAsync(plan);
        await rig.BackupAsync(plan);

        await DeskRig.UntilAsync(async () => (await SnapshotsAsync()).Count == 1 && (await Desk.PendingAsync(plan.Id)).Count == 0);

        var run = await LastAsync(RunKind.Forget);
        (run.RequestedBy, run.Title.Full).ShouldBe(("system", "1 snapshot of plan"));
        Directory.EnumerateFiles(rig.In("place/snapshots")).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_marked_or_removed_while_something_speaks_against_it()
    {
        await StopBackgroundAsync();
        await FakeAsync(6);
        await ChangeAsync(p => p.SetProperty(x => x.OpenAnomalies, 1));
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 2, PendingDays = 3 } }, DeskRig.Admin);
        await BlockedAsync("unlike the others");
        await ChangeAsync(p => p.SetProperty(x => x.OpenAnomalies, 0).SetProperty(x => x.LastOutcome, RunOutcome.Failed));
        await BlockedAsync("did not come to a good end");
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.AppendOnly, true));
        }

        await ChangeAsync(p => p.SetProperty(x => x.LastOutcome, RunOutcome.Succeeded));
        await BlockedAsync("append-only");
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.AppendOnly, false));
        }

        var doubted = new DoubtedClock(new(Text.Verbatim("The clock jumped."), Text.Verbatim("By a year."),
            Text.Verbatim("Look at it.")));
        var unsure = ActivatorUtilities.CreateInstance<RetentionDesk>(rig.Services, doubted);
        var removals = ActivatorUtilities.CreateInstance<RemovalDesk>(rig.Services, unsure, doubted);
        await removals.SweepAsync();
        (await unsure.PendingAsync(plan.Id)).ShouldBeEmpty();
        (await unsure.PreviewAsync(plan.Id, null)).Blocked!.What.Full.ShouldBe("The clock jumped.");
        await Desk.ApplyAsync(plan.Id, "now", DeskRig.Admin);
        (await Desk.PendingAsync(plan.Id)).Count.ShouldBe(4, "nothing speaks against it any more");
        await AgeAsync();
        await removals.ForgetDueAsync();
        (await Desk.PendingAsync(plan.Id)).ShouldAllBe(p => p.RunId == null);
    }

    [Fact]
    public async Task The_newest_good_backup_stays_whatever_the_policy_says_and_the_future_does_not_count()
    {
        var ids = await FakeAsync(5, futures: 1);
        var preview = await Desk.PreviewAsync(plan.Id, new() { KeepTags = ["never"] });

        preview.Keep.Select(f => (f.Id, f.Reasons[0])).ShouldBe([(ids[0], "dated in the future"), (ids[1], "newest good backup")]);
        preview.Remove.Select(f => f.Id).ShouldBe(ids.Skip(2));
        preview.Warnings.ShouldHaveSingleItem().ShouldContain("dated in the future");

        await rig.Get<PinCatalog>().PinAsync(new() { PlanId = plan.Id, Reason = "court case", LegalHold = true }, DeskRig.Admin);
        var held = await Desk.PreviewAsync(plan.Id, new() { KeepTags = ["never"] });
        held.Remove.ShouldBeEmpty();
        held.Keep.ShouldAllBe(f => f.Reasons.Contains("legal hold: court case"));
    }

    [Fact]
    public async Task Many_at_once_wait_for_an_Admin()
    {
        await FakeAsync(30);
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 3 } }, DeskRig.Admin);

        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).ShouldBeEmpty();
        (await Desk.PreviewAsync(plan.Id, null)).AsksFirst.ShouldBeTrue();
        (await Should.ThrowAsync<ProblemException>(() => Desk.ApplyAsync(plan.Id, "now",
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        await Desk.ApplyAsync(plan.Id, "now", DeskRig.Admin);
        (await Desk.PendingAsync(plan.Id)).Count.ShouldBe(27);

        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 20 } }, DeskRig.Actor(Role.Operator));
        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).Count.ShouldBe(10, "a policy that keeps more lets go");
    }

    [Fact]
    public async Task To_keep_less_needs_an_Admin_and_to_keep_more_an_Operator()
    {
        var someone = DeskRig.Actor(Role.Operator);
        async Task ForbiddenAsync(Func<Task> what) =>
            (await Should.ThrowAsync<ProblemException>(what)).Kind.ShouldBe(ProblemKind.Forbidden);
        var policies = rig.Get<PolicyCatalog>();
        await ForbiddenAsync(() => Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 9000 } }, someone));
        await ForbiddenAsync(() => rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Retention = new() { KeepLast = 5 } }, someone));
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 5 } }, DeskRig.Admin);
        (await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 6 } }, someone)).Retention!.KeepLast.ShouldBe(6);

        var named = await policies.CreateAsync(new() { Name = "Office", Policy = new() { KeepLast = 7 } }, someone);
        (await Desk.SetAsync(plan.Id, new() { PolicyId = named.Id }, someone)).Retention.ShouldBeNull();
        await ForbiddenAsync(() => policies.UpdateAsync(named.Id,
            new() { Name = "Office", Policy = new() { KeepLast = 6 } }, someone));
        await policies.UpdateAsync(named.Id, new() { Name = "Bureau", Policy = new() { KeepLast = 8 } }, someone);
        (await policies.ListAsync()).ShouldHaveSingleItem().UsedBy.ShouldBe(1);
        (await Should.ThrowAsync<ProblemException>(() => policies.DeleteAsync(named.Id,
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("“plan”");
        (await policies.DuplicateAsync(named.Id, null, someone)).Name.ShouldBe("Copy of Bureau");
        (await policies.DuplicateAsync(named.Id, null, someone)).Name.ShouldBe("Copy of Bureau (2)");
        var twin = await rig.Get<PlanCatalog>().DuplicateAsync(plan.Id, null, someone);
        (twin.Name, twin.PolicyId, twin.Sources[0]).ShouldBe(("Copy of plan", named.Id, plan.Sources[0]));

        await ForbiddenAsync(() => rig.Get<PinCatalog>()
            .PinAsync(new() { PlanId = plan.Id, Reason = "x", LegalHold = true }, someone));
        var hold = await rig.Get<PinCatalog>().PinAsync(new() { PlanId = plan.Id, Reason = "x", LegalHold = true }, DeskRig.Admin);
        await ForbiddenAsync(() => rig.Get<PinCatalog>().UnpinAsync(hold.Id, someone));
        await ForbiddenAsync(() => rig.Get<ForgetRuns>().StartAsync(plan.Id, ["0000"], someone));
    }

    [Fact]
    public async Task A_kill_between_the_removal_and_its_record_is_found_out_at_the_next_start()
    {
        await StopBackgroundAsync();
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 1, PendingDays = 7 } }, DeskRig.Admin);
        await rig.BackupAsync(plan);
        await rig.BackupAsync(plan);
        await rig.Get<RemovalDesk>().SweepAsync();
        var all = await SnapshotsAsync();
        await AgeAsync();

        // restic has removed it, and nobody has written that down: the run is there, begun, and its end is lost.
        var id = Guid.CreateVersion7();
        await using (var db = await rig.DatabaseAsync())
        {
            await db.PendingRemovals.ExecuteUpdateAsync(set => set.SetProperty(p => p.RunId, id));
            db.Runs.Add(new Run
            {
                Id = id,
                Kind = RunKind.Forget,
                Cause = RunCause.Schedule,
                RepositoryId = place.Id,
                MachineId = place.HomeId,
                PlanId = plan.Id,
                Title = Text.Verbatim("1 snapshot of plan"),
                RequestedBy = "system",
                Request = new ForgetRequest([all[1].Id], false),
                QueuedAt = DateTimeOffset.UnixEpoch,
            });
            await db.SaveChangesAsync();
        }

        File.Delete(rig.In("place/snapshots", all[1].Id));
        await rig.RestartAsync();
        await DeskRig.UntilAsync(async () => (await LastAsync(RunKind.Forget)).HasEnded);
        await QuietAsync();

        (await SnapshotsAsync()).Single().Id.ShouldBe(all[0].Id);
        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).ShouldBeEmpty();
        var run = await LastAsync(RunKind.Forget);
        (run.Id, run.Outcome).ShouldBe((id, RunOutcome.Succeeded), run.Problem?.ToString());
    }

    /// <summary>Until the next start only the test looks what has to go.</summary>
    private Task StopBackgroundAsync() => rig.Get<BackgroundEngine>().StopAsync();

    private async Task BlockedAsync(string why)
    {
        await rig.Get<RemovalDesk>().SweepAsync();
        await rig.Get<RemovalDesk>().ForgetDueAsync();
        (await Desk.PendingAsync(plan.Id)).ShouldBeEmpty();
        rig.Get<RunFeed>().Active.ShouldBeEmpty();
        (await Desk.PreviewAsync(plan.Id, null)).Blocked!.ToString().ShouldContain(why);
        (await Should.ThrowAsync<ProblemException>(() => Desk.ApplyAsync(plan.Id, "now",
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
    }

    private async Task ChangeAsync(Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<BackupPlan>> change)
    {
        await using var db = await rig.DatabaseAsync();
        await db.Plans.Where(p => p.Id == plan.Id).ExecuteUpdateAsync(change);
    }

    // Rows alone: nothing here asks the repository.
    private async Task<List<string>> FakeAsync(int count, int futures = 0)
    {
        await using var db = await rig.DatabaseAsync();
        var host = await db.Machines.Select(m => m.Host).SingleAsync();
        var now = TimeProvider.System.GetUtcNow();
        List<string> ids = [];
        for (var n = 0; n < count; n++)
        {
            ids.Add($"{n:x2}".PadRight(64, 'a'));
            db.Snapshots.Add(new Snapshot
            {
                RepositoryId = place.Id,
                Id = ids[^1],
                Time = n < futures ? now.AddDays(3) : now.AddDays(-n).AddMinutes(-1),
                Host = host,
                Paths = [.. plan.Sources],
                PlanId = plan.Id,
            });
        }

        await db.SaveChangesAsync();
        await ChangeAsync(p => p.SetProperty(x => x.LastOutcome, RunOutcome.Succeeded));
        return ids;
    }

    private async Task SqlAsync(string sql)
    {
        await using var db = await rig.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    private async Task AgeAsync()
    {
        await using var db = await rig.DatabaseAsync();
        var over = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        await db.PendingRemovals.ExecuteUpdateAsync(set => set.SetProperty(p => p.RemoveAfter, over));
    }

    private static string Key(Snapshot s) => s.Original ?? s.Id;

    private async Task<Run> LastAsync(RunKind kind)
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Runs.AsNoTracking().Where(r => r.Kind == kind).NewestFirst().FirstAsync();
    }

    /// <summary>What the audit trail says of markings of this plan; the whole chain holds.</summary>
    private async Task<IReadOnlyList<JsonNode>> MarkingsAsync()
    {
        await using var db = await rig.DatabaseAsync();
        var all = await db.AuditEntries.OrderBy(e => e.Seq).ToListAsync();
        all.Skip(1).Select(e => JsonNode.Parse(e.Body)!["prev"]!.ToString())
            .ShouldBe(all.SkipLast(1).Select(e => e.Leaf), "two entries in one transaction are two links of the chain");
        (await db.AuditEdges.SingleAsync()).LastLeaf.ShouldBe(all[^1].Leaf);
        return [.. all.Select(e => JsonNode.Parse(e.Body)!)
            .Where(b => b["kind"]!.ToString() == "retention.applied" && b["obj"]!.ToString() == $"plan:{plan.Id}")
            .Select(b => b["data"]!)];
    }

    private Task QuietAsync() => DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().Active.Count == 0));

    private async Task<IReadOnlyList<Snapshot>> SnapshotsAsync() =>
        (await rig.Get<SnapshotCatalog>().ListAsync(new() { Repository = place.Id })).Items;
}
