using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Agent.Checks;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Tests.Agent;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>
/// What an earlier backup of the plan had and the new one has not is never green, and never a reason to remove the old
/// ones.
/// </summary>
public sealed class ShrinkageTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private string Fill(string folder, int files)
    {
        for (var i = 0; i < files; i++)
        {
            rig.Write($"{folder}/{i}", $"{folder} {i}");
        }

        return rig.In(folder);
    }

    private async Task<Run> GoodAsync(BackupPlan plan)
    {
        var run = await rig.BackupAsync(plan);
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        return run;
    }

    private async Task<Run> ConsentAsync(BackupPlan plan) =>
        await rig.EndAsync(await rig.Get<BackupRuns>().StartAsync(plan.Id, new() { EvenIfShrunk = true }, DeskRig.Admin));

    private async Task ExcludeAsync(BackupPlan plan, params string[] patterns) =>
        await rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
            NewPlan.From(await rig.Get<PlanCatalog>()
                .GetAsync(plan.Id)) with
            { Options = new() { Excludes = patterns } }, DeskRig.Admin);

    private async Task<IReadOnlyList<string>> NoticesAsync(Run run)
    {
        await using var db = await rig.DatabaseAsync();
        return [.. (await db.Notices.Where(n => n.RunId == run.Id).ToListAsync()).Select(n => n.Title.Full)];
    }

    [MountFact]
    public async Task A_disk_that_is_not_mounted_is_told_though_it_held_the_smaller_part()
    {
        var docs = Fill("docs", 26);
        Run run;
        BackupPlan plan;
        using (Mounted.Memory(rig.In("usb"), "8m"))
        {
            plan = await rig.PlanAsync(place, "plan", docs, Fill("usb", 12));
            await GoodAsync(plan);
        }

        for (var night = 0; night < 3; night++)
        {
            run = await rig.BackupAsync(plan);
            (run.Outcome, run.Result!.FilesTotal, run.Result.Shrunk).ShouldBe((RunOutcome.Incomplete, 26, true));
            run.Problem!.Why.Full.ShouldBe(
                $"{rig.In("usb")} held 12 files at an earlier backup; most or all of them cannot be seen now.");
            (await NoticesAsync(run)).ShouldBe(["“plan” is not complete."]);
        }

        using (Mounted.Memory(rig.In("usb"), "8m"))
        {
            Fill("usb", 12);
            await GoodAsync(plan);
        }

        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await GoodAsync(plan); // a person has said that it is right
    }

    [MountFact]
    public async Task A_disk_below_a_source_that_is_not_mounted_any_more_is_told()
    {
        var data = Fill("data", 30);
        BackupPlan plan;
        using (Mounted.Memory(rig.In("data/usb"), "8m"))
        {
            Fill("data/usb", 5);
            plan = await rig.PlanAsync(place, "plan", data);
            (await GoodAsync(plan)).Result!.Sources.ShouldHaveSingleItem().Mounts.ShouldBe([rig.In("data/usb")]);
        }

        var run = await rig.BackupAsync(plan);
        (run.Outcome, run.Result!.Shrunk).ShouldBe((RunOutcome.Incomplete, true));
        run.Problem!.Why.Full.ShouldBe($"{rig.In("data/usb")} was a disk of its own with files; now it is empty.");
        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Incomplete);

        rig.Write("data/usb/kept on the large disk from now on");
        await GoodAsync(plan);
        File.Delete(rig.In("data/usb/kept on the large disk from now on"));
        await GoodAsync(plan);
    }

    [MountFact]
    public async Task A_disk_that_a_rule_leaves_out_by_its_name_is_not_missed()
    {
        var data = Fill("data", 30);
        BackupPlan plan;
        using (Mounted.Memory(rig.In("data/nas"), "8m"))
        {
            Fill("data/nas", 5);
            plan = await rig.PlanAsync(place, "plan", data);
            await ExcludeAsync(plan, "na?");
            (await GoodAsync(plan)).Result!.Sources.ShouldHaveSingleItem().Mounts.ShouldBeEmpty();
        }

        await GoodAsync(plan);
    }

    [Theory]
    [InlineData("/media/me/STICK", "/", false)]
    [InlineData("/media/me/STICK", "/media/me", true)]
    [InlineData("/srv/data", "/", true)]
    public void A_stick_that_is_pulled_out_is_missed_where_sticks_are_what_is_saved(string point, string source, bool missed) =>
        SourceMounts.IsMissed(point, source, []).ShouldBe(missed);

    [Theory]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData("{source}/*")]
    [InlineData("{source}")]
    public async Task Rules_that_leave_everything_out_are_not_green(string pattern)
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("data", 20));
        await GoodAsync(plan);
        await ExcludeAsync(plan, "*.tmp", pattern.Replace("{source}", rig.In("data"), StringComparison.Ordinal));

        for (var again = 0; again < 2; again++)
        {
            var run = await rig.BackupAsync(plan);
            (run.Outcome, run.Problem?.What.Full).ShouldBe((RunOutcome.Failed, "No file was saved."));
            run.Problem!.Why.Full.ShouldBe("The backup before has 20 files; this one has none.");
            (await NoticesAsync(run)).ShouldNotBeEmpty();
        }

        await ExcludeAsync(plan);
        await GoodAsync(plan);
    }

    [Fact]
    public async Task Rules_that_leave_everything_out_of_a_new_plan_are_not_green_and_an_empty_folder_is()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("data", 3));
        await ExcludeAsync(plan, "*");
        (await rig.BackupAsync(plan)).Problem?.Why.Full.ShouldBe(
            $"{rig.In("data")} holds files, but the plan's exclude rules leave all of them out.");
        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await GoodAsync(plan); // a person has said that it is right

        Directory.CreateDirectory(rig.In("hollow/below"));
        File.CreateSymbolicLink(rig.In("hollow/link"), rig.In("data/0"));
        var hollow = await GoodAsync(await rig.PlanAsync(place, "hollow", rig.In("hollow")));
        hollow.Result!.FilesTotal.ShouldBe(0);
        // it still has all that it had: a link
        (await GoodAsync(await rig.Get<PlanCatalog>().GetAsync(hollow.PlanId!.Value))).Result!.FilesTotal.ShouldBe(0);
    }

    [Fact]
    public async Task A_source_that_is_gone_with_most_of_the_files_is_named()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("large", 20), Fill("small", 5));
        await GoodAsync(plan);
        Directory.Delete(rig.In("large"), recursive: true);

        var why = (await rig.BackupAsync(plan)).Problem.ShouldNotBeNull();

        why.Why.Full.ShouldBe(
            $"The last snapshot has 25 files; now there are 5 in {rig.In("small")}. {rig.In("large")} cannot be saved: it does not exist.");
        why.WithoutNames().Why.Full.ShouldNotContain(rig.In("large"));
    }

    [Fact]
    public async Task A_rule_that_leaves_one_source_of_several_out_is_not_green()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("large", 40), Fill("small", 4));
        await GoodAsync(plan);
        Fill("large", 60); // what is new elsewhere does not make up for it
        await ExcludeAsync(plan, $"{rig.In("small")}/*");

        var run = await rig.BackupAsync(plan);

        (run.Outcome, run.Problem?.Why.Full).ShouldBe((RunOutcome.Incomplete, $"Nothing of {rig.In("small")} is in this backup."));
        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task Consent_that_a_source_is_left_out_lasts_until_something_of_it_is_saved_again()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("large", 40), Fill("small", 4));
        await ExcludeAsync(plan, $"{rig.In("small")}/*");
        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);

        Directory.Delete(rig.In("large"), recursive: true);
        Fill("large", 30); // reason enough to look into the snapshot
        Left(await GoodAsync(plan)).ShouldBe([rig.In("small")]);
        Left(await GoodAsync(plan)).ShouldBe([rig.In("small")]);

        await ExcludeAsync(plan);
        Left(await GoodAsync(plan)).ShouldBeEmpty();
        Directory.Delete(rig.In("large"), recursive: true);
        Fill("large", 25);
        await ExcludeAsync(plan, $"{rig.In("small")}/*");
        (await rig.BackupAsync(plan)).Problem.ShouldNotBeNull().Why.Full.ShouldBe(
            $"Nothing of {rig.In("small")} is in this backup.");
    }

    [Fact]
    public async Task What_was_saved_of_a_source_is_missed_though_most_of_it_never_was()
    {
        var objects = Fill("work", 20);
        rig.Write("work/thesis.doc");
        var plan = await rig.PlanAsync(place, "plan", Fill("other", 20), objects);
        await ExcludeAsync(plan, $"{objects}/[0-9]*");
        (await GoodAsync(plan)).Result!.FilesTotal.ShouldBe(21);
        await ExcludeAsync(plan, $"{objects}/[0-9]*", "*.doc");

        for (var night = 0; night < 3; night++)
        {
            rig.Write($"other/new {night}"); // what is new elsewhere does not make up for it
            var run = await rig.BackupAsync(plan);
            (run.Outcome, run.Problem?.Why.Full).ShouldBe((RunOutcome.Incomplete, $"Nothing of {objects} is in this backup."));
        }
    }

    [Fact]
    public async Task A_word_that_a_source_is_left_out_ends_with_what_is_saved_of_it_and_is_asked_for_again()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("a", 20), Fill("b", 20), Fill("c", 20));
        await ExcludeAsync(plan, $"{rig.In("b")}/[0-9]*");
        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        var once = rig.Write("b/once.txt");
        Left(await GoodAsync(plan)).ShouldBeEmpty();
        File.Delete(once);

        for (var night = 0; night < 2; night++)
        {
            (await rig.BackupAsync(plan)).Problem.ShouldNotBeNull().Why.Full.ShouldBe(
                $"Nothing of {rig.In("b")} is in this backup.");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_source_that_the_rules_leave_out_is_never_green(bool later)
    {
        var plan = await rig.PlanAsync(place, "plan", later ? [Fill("a", 3)] : [Fill("a", 3), Fill("b", 3)]);
        await ExcludeAsync(plan, $"{rig.In("b")}/*");
        if (later)
        {
            await GoodAsync(plan);
            plan = await rig.Get<PlanCatalog>().GetAsync(plan.Id);
            plan = await rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
                NewPlan.From(plan) with { Sources = [rig.In("a"), Fill("b", 3)] }, DeskRig.Admin);
        }

        for (var night = 0; night < 2; night++)
        {
            (await rig.BackupAsync(plan)).Problem.ShouldNotBeNull().Why.Full.ShouldBe(
                $"Nothing of {rig.In("b")} is in this backup.");
        }

        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await GoodAsync(plan);
        // nothing is there that could be lost
        await GoodAsync(await rig.PlanAsync(place, "hollow", rig.In("a"),
            Directory.CreateDirectory(rig.In("hollow")).FullName));
    }

    private static IEnumerable<string> Left(Run run) =>
        run.Result!.Sources.Where(source => source.LeftOut).Select(source => source.Path);

    [Fact]
    public async Task A_rule_that_leaves_most_out_asks_once()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("data/keep", 8), Fill("data/cache", 30));
        plan = await rig.Get<PlanCatalog>().UpdateAsync(plan.Id, NewPlan.From(plan) with { Sources = [rig.In("data")] },
            DeskRig.Admin);
        await GoodAsync(plan);
        await ExcludeAsync(plan, "cache");

        var run = await rig.BackupAsync(plan);

        (run.Outcome, run.Problem?.Why.Full).ShouldBe((RunOutcome.Incomplete, "The backup before has 38 files; this one has 8."));
        (await ConsentAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await GoodAsync(plan);
    }

    [Fact]
    public async Task A_folder_that_moved_to_another_disk_behind_a_link_keeps_its_history_and_its_old_snapshots()
    {
        var docs = Fill("home/docs", 6);
        var plan = await rig.PlanAsync(place, "plan", docs);
        var before = await GoodAsync(plan);
        Directory.CreateDirectory(rig.In("disk"));
        Directory.Move(docs, rig.In("disk/docs"));
        File.CreateSymbolicLink(docs, rig.In("disk/docs"));

        var after = await GoodAsync(plan);
        (await GoodAsync(plan)).Result!.FilesUnmodified.ShouldBe(6); // its own snapshots are its parents again
        await rig.Get<RetentionDesk>().SetAsync(plan.Id, new() { Policy = new() { KeepLast = 1 } }, DeskRig.Admin);
        (await rig.Get<RetentionDesk>().PreviewAsync(plan.Id,
            null)).Keep.Single(s => s.Id == before.SnapshotId).Reasons.ShouldNotBeEmpty();
        await using (var db = await rig.DatabaseAsync())
        {
            (await db.Snapshots.SingleAsync(s => s.Id == after.SnapshotId)).Paths.ShouldBe([rig.In("disk/docs")]);
        }

        Directory.Delete(rig.In("disk/docs"), recursive: true);
        Directory.CreateDirectory(rig.In("disk/docs")); // as the disk's mount point without the disk
        (await rig.BackupAsync(plan)).Problem?.What.Full.ShouldBe("Most of the files are gone.");
    }

    [Fact]
    public async Task What_can_never_be_saved_is_refused_when_the_plan_is_saved()
    {
        File.CreateSymbolicLink(rig.In("device"), "/dev/null");
        var refused =
            await Should.ThrowAsync<ProblemException>(() => rig.PlanAsync(place, "plan", Fill("data", 1),
                rig.In("device")));
        (refused.Kind,
            refused.Problem.Why.Full).ShouldBe((ProblemKind.Invalid,
                $"{rig.In("device")} cannot be backed up: it is a link to a device."));

        var plan = await rig.PlanAsync(place, "plan", rig.In("data"), rig.In("not yet mounted"));
        File.CreateSymbolicLink(rig.In("not yet mounted"), "/dev/null");
        await ExcludeAsync(plan, "*.tmp"); // what is in the plan already does not keep anything else from being changed
        await Should.ThrowAsync<ProblemException>(() => rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Sources = [rig.In("device")] }, DeskRig.Admin));
    }

    [Fact]
    public async Task Nothing_is_removed_after_a_backup_that_lost_a_source_until_somebody_says_that_it_is_right()
    {
        var plan = await rig.PlanAsync(place, "plan", Fill("large", 40), Fill("small", 12));
        await rig.Get<RetentionDesk>().SetAsync(plan.Id, new() { Policy = new() { KeepLast = 2 } }, DeskRig.Admin);
        var good = await GoodAsync(plan);
        Directory.Delete(rig.In("small"), recursive: true);
        Directory.CreateDirectory(rig.In("small"));
        for (var night = 0; night < 3; night++)
        {
            (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Incomplete);
        }

        var part = await rig.Get<BackupRuns>().StartAsync(plan.Id,
            new() { Mode = BackupMode.Partial, Paths = [rig.In("large")] }, DeskRig.Admin);
        (await rig.EndAsync(part)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await using (var db = await rig.DatabaseAsync())
        {
            (await db.PendingRemovals.CountAsync()).ShouldBe(0);
        }

        await ConsentAsync(plan);
        await using (var db = await rig.DatabaseAsync())
        {
            (await db.PendingRemovals.Select(p => p.Snapshot).ToListAsync()).ShouldContain(good.SnapshotId!);
        }
    }
}
