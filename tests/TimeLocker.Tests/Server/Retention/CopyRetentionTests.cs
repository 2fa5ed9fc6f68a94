using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Retention;

/// <summary>
/// Further copies are thinned, too, and what their rules removed does not come back with the next copy: with the real
/// restic.
/// </summary>
public sealed class CopyRetentionTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!, copy = null!;
    private BackupPlan plan = null!;

    private RetentionDesk Desk => rig.Get<RetentionDesk>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        copy = await rig.Get<NewRepositories>()
            .AddAsync(new()
            {
                Name = "second",
                Values = new() { ["path"] = rig.In("second") },
                Create = true,
                CopyOf = place.Id,
            }, DeskRig.Admin);
        plan = await rig.PlanAsync(place, "plan", Path.GetDirectoryName(rig.Write("data/file.txt"))!);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_the_rules_of_a_copy_removed_is_not_copied_again()
    {
        await SaveAsync(4);
        await CopyAsync();
        var first = await KeysAsync(place);
        (await KeysAsync(copy)).ShouldBe(first);
        await Desk.SetCopyAsync(copy.Id, new() { Policy = new() { KeepLast = 2, PendingDays = 7 } }, DeskRig.Admin);

        await rig.Get<RemovalDesk>().SweepAsync();
        await ForgottenAsync();
        (await KeysAsync(copy)).ShouldBe(first.Take(2));
        (await KeysAsync(place)).ShouldBe(first, "in the original everything stays");
        var run = await LastAsync(RunKind.Forget);
        (run.Outcome, run.RepositoryId,
            run.Title.Full).ShouldBe((RunOutcome.Succeeded, copy.Id, "2 snapshots of plan in second"),
            run.Problem?.ToString());

        await CopyAsync();
        (await KeysAsync(copy)).ShouldBe(first.Take(2), "nothing is missing there");
        await SaveAsync(3);
        await CopyAsync();
        (await KeysAsync(copy)).ShouldBe([.. (await KeysAsync(place)).Take(2), .. first.Take(2)],
            "of three new ones two belong there, and what was there waits for the rules");

        await Desk.SetCopyAsync(copy.Id, new() { Everything = true }, DeskRig.Admin);
        await CopyAsync();
        (await KeysAsync(copy)).ShouldBe(await KeysAsync(place), "where everything stays, everything is copied");
        (await rig.EndAsync(await rig.Get<CheckRuns>().StartAsync(copy.Id, new() { Depth = CheckDepth.Full },
            DeskRig.Admin))).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_copy_keeps_by_the_rules_of_the_plan_and_pins_of_the_original_hold_in_it()
    {
        await SaveAsync(4);
        await CopyAsync();
        var keys = await KeysAsync(place);
        var pin = await rig.Get<PinCatalog>()
            .PinAsync(new() { RepositoryId = place.Id, Snapshot = keys[3], Reason = "court case" }, DeskRig.Admin);
        await QuietAsync();
        await Desk.SetAsync(plan.Id, new() { Policy = new() { KeepLast = 1, PendingDays = 7 } }, DeskRig.Admin);

        await rig.Get<RemovalDesk>().SweepAsync();
        foreach (var one in (Repository[])[place, copy])
        {
            (await Desk.PendingAsync(plan.Id, place: one.Id)).Select(p => p.Snapshot).ShouldBe(keys[1..3], ignoreOrder: true);
        }

        (await Desk.PreviewAsync(plan.Id, null, copy: copy.Id)).Keep.Select(f => (f.Key, f.Reasons[0]))
            .ShouldBe([(keys[0], "last snapshot"), (keys[3], "pinned: court case")]);
        await Desk.KeepAsync(plan.Id, keys[2], null, DeskRig.Actor(Role.Operator), copy: copy.Id);
        await QuietAsync();
        await ForgottenAsync();
        (await KeysAsync(place),
            await KeysAsync(copy)).ShouldSatisfyAllConditions(k => k.Item1.ShouldBe([keys[0], keys[3]]),
            k => k.Item2.ShouldBe([keys[0], keys[2], keys[3]]));

        // A pin writes a tag, and a tag makes a new id: that is no snapshot that the copy lacks.
        await CopyAsync();
        (await KeysAsync(copy)).ShouldBe([keys[0], keys[2], keys[3]]);
        await rig.Get<PinCatalog>().UnpinAsync(pin.Id, DeskRig.Admin);
        await QuietAsync();
        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).Select(p => (p.RepositoryId, p.Snapshot))
            .ShouldBe([(place.Id, keys[3]), (copy.Id, keys[3])], ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_is_removed_from_a_copy_while_it_may_be_needed_or_where_nothing_can_be_removed()
    {
        await FakeAsync(6);
        await PlacesAsync(place.Id,
            r => r.Maintenance = r.Maintenance with
            {
                Damage = new(DateTimeOffset.UnixEpoch, Guid.Empty, ["aa"], [], [],
                false)
            });
        await Desk.SetCopyAsync(copy.Id, new() { Policy = new() { KeepTags = ["never"], PendingDays = 3 } }, DeskRig.Admin);
        (await Desk.PreviewAsync(plan.Id, null,
            copy: copy.Id)).Keep.ShouldHaveSingleItem().Reasons.ShouldBe(["newest good backup"]);
        await BlockedAsync("may be needed to repair");
        await PlacesAsync(copy.Id, r => r.AppendOnly = true);
        await PlacesAsync(place.Id, r => r.Maintenance = MaintenanceRecord.Unknown);
        await BlockedAsync("append-only");
        var missing = new Snapshot
        {
            RepositoryId = place.Id,
            Id = "".PadRight(64, 'b'),
            Time = DateTimeOffset.UnixEpoch,
            Host = "x",
            Paths = ["/x"],
        };
        (await rig.Get<IWantedInCopy>().OfAsync((await rig.Get<RepositoryCatalog>().GetAsync(copy.Id)), [missing], [],
            default)).ShouldBe([missing.Id], "where nothing goes, everything is copied");
        await PlacesAsync(copy.Id, r => r.AppendOnly = false);
        await Desk.ApplyAsync(plan.Id, "now", DeskRig.Admin, copy: copy.Id);
        (await Desk.PendingAsync(plan.Id)).ShouldAllBe(p => p.RepositoryId == copy.Id);
        (await Desk.PendingAsync(plan.Id)).Count.ShouldBe(5);
    }

    [Fact]
    public async Task The_rules_of_a_copy_are_set_by_an_Admin_and_a_policy_that_it_has_is_in_use()
    {
        var named = await rig.Get<PolicyCatalog>()
            .CreateAsync(new() { Name = "Archive", Policy = new() { KeepMonthly = 12 } }, DeskRig.Admin);
        (await Should.ThrowAsync<ProblemException>(() => Desk.SetCopyAsync(copy.Id, new() { PolicyId = named.Id },
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => Desk.SetCopyAsync(place.Id, new() { PolicyId = named.Id },
            DeskRig.Admin))).Problem.What.Full.ShouldContain("no copy");
        (await Should.ThrowAsync<ProblemException>(() => Desk.SetCopyAsync(copy.Id,
            new() { PolicyId = named.Id, Everything = true }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => Desk.SetCopyAsync(copy.Id, new() { Policy = new() },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        await Desk.SetCopyAsync(copy.Id, new() { PolicyId = named.Id }, DeskRig.Admin);

        var preview = await Desk.PreviewAsync(plan.Id, null, copy: copy.Id);
        (preview.Policy!.KeepMonthly, preview.PolicyName, preview.PolicyId).ShouldBe((12, "Archive", named.Id));
        (await Desk.PreviewAsync(plan.Id, null)).Policy.ShouldBeNull();
        (await rig.Get<PolicyCatalog>().ListAsync()).ShouldHaveSingleItem().UsedBy.ShouldBe(1);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<PolicyCatalog>().DeleteAsync(named.Id,
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("“second”");
        (await Desk.SetCopyAsync(copy.Id, new(), DeskRig.Admin)).Keeps.ShouldBeNull();
        (await Should.ThrowAsync<ProblemException>(() => Desk.PreviewAsync(plan.Id, null,
            copy: Guid.NewGuid()))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    private async Task SaveAsync(int times)
    {
        for (var n = 0; n < times; n++)
        {
            rig.Write("data/file.txt", Guid.NewGuid().ToString());
            (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        }
    }

    private async Task CopyAsync()
    {
        var run = await rig.EndAsync(await rig.Get<CopyRuns>().StartAsync(place.Id, new(), DeskRig.Admin));
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        await rig.Get<SnapshotCatalog>().RefreshAsync(copy.Id);
    }

    private async Task BlockedAsync(string why)
    {
        await rig.Get<RemovalDesk>().SweepAsync();
        (await Desk.PendingAsync(plan.Id)).ShouldBeEmpty();
        (await Desk.PreviewAsync(plan.Id, null, copy: copy.Id)).Blocked!.ToString().ShouldContain(why);
        (await Should.ThrowAsync<ProblemException>(() => Desk.ApplyAsync(plan.Id, "now", DeskRig.Admin,
            copy: copy.Id))).Kind.ShouldBe(ProblemKind.Conflict);
    }

    // Rows alone, in the copy: nothing asks the repository.
    private async Task FakeAsync(int count)
    {
        await using var db = await rig.DatabaseAsync();
        var (host, now) = (await db.Machines.Select(m => m.Host).SingleAsync(), TimeProvider.System.GetUtcNow());
        db.Snapshots.AddRange(Enumerable.Range(0, count)
            .Select(n => new Snapshot
            {
                RepositoryId = copy.Id,
                Id = $"{n:x2}".PadRight(64, 'a'),
                Time = now.AddDays(-n).AddMinutes(-1),
                Host = host,
                Paths = [.. plan.Sources],
                PlanId = plan.Id,
            }));
        await db.SaveChangesAsync();
    }

    private async Task PlacesAsync(Guid id, Action<Repository> change)
    {
        await using var db = await rig.DatabaseAsync();
        change(await db.Repositories.SingleAsync(r => r.Id == id));
        await db.SaveChangesAsync();
    }

    // As if they had waited long enough. The keeper may be the one that removes them.
    private async Task ForgottenAsync()
    {
        await using var db = await rig.DatabaseAsync();
        var over = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        await db.PendingRemovals.ExecuteUpdateAsync(set => set.SetProperty(p => p.RemoveAfter, over));
        await DeskRig.UntilAsync(async () =>
        {
            // what could not be begun (a list was read in between) is due at the next look
            await rig.Get<RemovalDesk>().ForgetDueAsync();
            return (await Desk.PendingAsync(plan.Id)).Count == 0;
        });
        await QuietAsync();
    }

    private Task QuietAsync() => DeskRig.UntilAsync(() => Task.FromResult(rig.Get<RunFeed>().Active.Count == 0));

    private async Task<Run> LastAsync(RunKind kind)
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Runs.AsNoTracking().Where(r => r.Kind == kind).NewestFirst().FirstAsync();
    }

    // What the repository itself says, the newest first.
    private async Task<List<string>> KeysAsync(Repository of)
    {
        await rig.Get<SnapshotCatalog>().RefreshAsync(of.Id);
        return [.. (await rig.Get<SnapshotCatalog>()
            .ListAsync(new() { Repository = of.Id })).Items.Select(s => s.Original ?? s.Id)];
    }
}
