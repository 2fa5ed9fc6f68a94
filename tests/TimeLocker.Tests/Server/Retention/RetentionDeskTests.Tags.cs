using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Retention;

/// <summary>Tags and pins, of one snapshot and of many.</summary>
public sealed partial class RetentionDeskTests
{
    [Fact]
    public async Task Tags_change_and_history_stays_and_our_own_cannot_be_touched()
    {
        await rig.BackupAsync(plan);
        var before = (await SnapshotsAsync()).ShouldHaveSingleItem();

        var run = await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = [before.Id[..10]], Add = ["audit"] }, DeskRig.Actor(Role.Operator)));

        (run.Outcome, run.Result!.Changed.Keys.Single()).ShouldBe((RunOutcome.Succeeded, before.Id), run.Problem?.ToString());
        var after = (await SnapshotsAsync()).ShouldHaveSingleItem();
        (after.Id, after.Original, after.PlanId,
            after.Files).ShouldBe((run.Result.Changed[before.Id], before.Id, plan.Id, before.Files));
        after.Tags.ShouldBe([.. before.Tags, "audit"]);
        await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = [after.Id], Add = ["x"], Remove = ["audit"] }, DeskRig.Admin));
        await rig.Get<SnapshotCatalog>().RefreshAsync(place.Id);
        var last = (await SnapshotsAsync()).ShouldHaveSingleItem();
        (last.Original, last.PlanId).ShouldBe((before.Id, plan.Id));
        last.Tags.ShouldBe([.. before.Tags, "x"], ignoreOrder: true);

        // Two at once, one by an id of long ago: the second finds the snapshot although the first has given it another id.
        Run[] both = [await rig.Get<TagRuns>().StartAsync(place.Id, new() { Snapshots = [last.Id], Add = ["y"] },
            DeskRig.Admin),
            await rig.Get<TagRuns>().StartAsync(place.Id, new() { Snapshots = [before.Id], Add = ["z"] },
                DeskRig.Admin)];
        foreach (var one in both)
        {
            (await rig.EndAsync(one)).Outcome.ShouldBe(RunOutcome.Succeeded);
        }

        last = (await SnapshotsAsync()).ShouldHaveSingleItem();
        last.Tags.ShouldBe([.. before.Tags, "x", "y", "z"], ignoreOrder: true);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = [last.Id], Add = ["x"], Remove = ["x"] },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        foreach (var own in (string[])["tlrun:1", "tlcp:2", "tlpin"])
        {
            (await Should.ThrowAsync<ProblemException>(() => rig.Get<TagRuns>().StartAsync(place.Id,
                new() { Snapshots = [last.Id], Remove = [own] }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        }
    }

    [Fact]
    public async Task Many_snapshots_get_their_tags_and_their_pins_in_one_run()
    {
        for (var n = 0; n < 3; n++)
        {
            rig.Write("data/file.txt", $"{n}");
            await rig.BackupAsync(plan);
        }

        var (second, first) = (await SnapshotsAsync()) is [_, var b, var a] ? (b, a) : throw new InvalidOperationException();
        await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = [first.Id, second.Id], Add = ["old", "tax"] }, DeskRig.Admin));

        var ids = (await SnapshotsAsync()).Select(s => s.Id).ToList();
        var set = await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = ids, Set = ["tax", "2026"] }, DeskRig.Actor(Role.Operator)));

        (set.Outcome, set.Result!.Changed.Count).ShouldBe((RunOutcome.Succeeded, 3), set.Problem?.ToString());
        (await SnapshotsAsync()).ShouldAllBe(s => s.Tags.Where(OwnTags.IsPeoples).Order()
            .SequenceEqual(new[] { "2026", "tax" })
            && s.Tags.Any(t => t.StartsWith("tlrun:", StringComparison.Ordinal)));
        ids = [.. (await SnapshotsAsync()).Select(s => s.Id)];
        (await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = ids, Set = ["2026", "tax"] }, DeskRig.Admin))).Outcome.ShouldBe(RunOutcome.Succeeded,
            "nothing was left to change");
        (await SnapshotsAsync()).Select(s => s.Id).ShouldBe(ids);
        (await rig.EndAsync(await rig.Get<TagRuns>().StartAsync(place.Id, new() { Snapshots = ids[..1], Set = [] },
            DeskRig.Admin))).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await SnapshotsAsync())[0].Tags.ShouldNotContain("tax");
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = ids[1..], Set = ["a"], Add = ["b"] },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<TagRuns>().StartAsync(place.Id,
            new() { Snapshots = ids[1..], Set = ["tlpin"] }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);

        var pins = rig.Get<PinCatalog>();
        (await Should.ThrowAsync<ProblemException>(() => pins.PinManyAsync(place.Id,
            new() { Snapshots = [ids[1], "00000000"], Reason = "x" },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
        (await pins.ListAsync()).ShouldBeEmpty("all of them or none");
        (await Should.ThrowAsync<ProblemException>(() => pins.PinManyAsync(place.Id,
            new() { Snapshots = ids[1..], Reason = "x", LegalHold = true },
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        var before = (await rig.Get<RunHistory>().ListAsync(new() { Kind = RunKind.Tag }, DeskRig.Admin)).Items.Count;
        (await pins.PinManyAsync(place.Id, new() { Snapshots = ids[1..], Reason = "tax office", LegalHold = true },
            DeskRig.Admin)).Select(p => p.Snapshot).ShouldBe([first.Id, second.Id], ignoreOrder: true);
        await QuietAsync();
        (await SnapshotsAsync()).Count(s => s.Tags.Contains(OwnTags.Pin)).ShouldBe(2);
        (await rig.Get<RunHistory>().ListAsync(new() { Kind = RunKind.Tag }, DeskRig.Admin)).Items.Count.ShouldBe(before + 1);
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.CountAsync(e => EF.Property<string>(e, "Kind") == "hold.set")).ShouldBe(2,
            "each pin is found by its own id");
    }

    [Fact]
    public async Task A_pin_that_is_taken_away_before_its_tag_was_written_leaves_none()
    {
        await rig.BackupAsync(plan);
        await rig.Get<RunQueue>().PauseAsync(TimeProvider.System.GetUtcNow().AddHours(1), DeskRig.Admin);
        var pin = await rig.Get<PinCatalog>()
            .PinAsync(new()
            {
                RepositoryId = place.Id,
                Snapshot = (await SnapshotsAsync())[0].Id,
                Reason = "by mistake",
            }, DeskRig.Admin);
        await rig.Get<PinCatalog>().UnpinAsync(pin.Id, DeskRig.Admin);
        await rig.Get<RunQueue>().ResumeAsync(DeskRig.Admin);
        await QuietAsync();

        (await SnapshotsAsync())[0].Tags.ShouldNotContain(OwnTags.Pin);
    }
}
