using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Into which folders an Operator may restore.</summary>
public sealed class RestoreLimitsTests : IAsyncLifetime
{
    private static readonly Actor Operator = DeskRig.Actor(Role.Operator);

    private DeskRig rig = null!;
    private NewRestore restore = null!;

    private RestoreLimits Limits => rig.Get<RestoreLimits>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        Directory.CreateDirectory(rig.In("src/folder"));
        await File.WriteAllTextAsync(rig.In("src/a"), "a");
        await File.WriteAllTextAsync(rig.In("src/folder/x"), "x");
        var repository = await rig.RepositoryAsync();
        var run = await rig.BackupAsync(await rig.PlanAsync(repository, "plan", rig.In("src")));
        await rig.Get<SnapshotCatalog>().RefreshAsync(repository.Id, DeskRig.Admin);
        restore = new NewRestore { RepositoryId = repository.Id, Snapshot = run.SnapshotId, Paths = [rig.In("src/a")] };
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task An_Admin_sets_them_and_the_audit_trail_tells_of_it()
    {
        (await Limits.GetAsync(Operator)).Folders.ShouldBeEmpty();
        (await Should.ThrowAsync<ProblemException>(() => Limits.SetAsync(["/"], DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => Limits.SetAsync(["srv"],
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await Should.ThrowAsync<ProblemException>(() => Limits.SetAsync(["/srv"], Operator))).Kind.ShouldBe(ProblemKind.Forbidden);

        (await Limits.SetAsync(["/srv/restores/", "/srv/../srv/restores", " /mnt/a b "],
            DeskRig.Admin)).Folders.ShouldBe(["/srv/restores", "/mnt/a b"]);
        (await Limits.GetAsync(Operator)).Folders.ShouldBe(["/srv/restores", "/mnt/a b"]);
        await using var db = await rig.DatabaseAsync();
        db.AuditEntries.AsEnumerable()
            .ShouldContain(entry => entry.Body.Contains("restore.folders") && entry.Body.Contains("/srv/restores"));
    }

    [Fact]
    public async Task An_Operator_is_held_to_them_and_an_Admin_is_not()
    {
        await Limits.SetAsync([rig.In("allowed")], DeskRig.Admin);

        var refused =
            await Should.ThrowAsync<ProblemException>(() => rig.Get<RestoreRuns>()
                .StartAsync(restore with { Target = rig.In("elsewhere") }, Operator));
        (refused.Kind, refused.Problem.What.Full).ShouldBe((ProblemKind.Forbidden, "It may not be restored there."));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<RestoreRuns>()
            .StartAsync(restore with { Target = rig.In("allowed-not") }, Operator));

        (await EndAsync(restore with { Target = rig.In("allowed/new") }, Operator)).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await EndAsync(restore with { Target = rig.In("elsewhere") }, DeskRig.Admin)).Outcome.ShouldBe(RunOutcome.Succeeded);
        var own = await EndAsync(restore, Operator);
        own.Outcome.ShouldBe(RunOutcome.Succeeded);
        own.Result!.Folder!.ShouldStartWith(rig.In("allowed/timelocker-restores/"));
    }

    [Fact]
    public async Task A_link_in_an_allowed_folder_leads_an_Operator_nowhere_else()
    {
        await Limits.SetAsync([rig.In("allowed")], DeskRig.Admin);
        Directory.CreateDirectory(rig.In("allowed"));
        File.CreateSymbolicLink(rig.In("allowed/out"), rig.Root);

        var run = await EndAsync(restore with { Target = rig.In("allowed/out/new") }, Operator);

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "It may not be restored there."));
        Directory.Exists(rig.In("new")).ShouldBeFalse();
    }

    [Fact]
    public async Task Folders_of_the_system_need_an_Admin_also_where_nothing_is_limited()
    {
        foreach (var folder in (string[])["/etc/systemd/system/x.service.d", "/usr/local/bin/x", "/root/.ssh/x"])
        {
            (await Should.ThrowAsync<ProblemException>(() => rig.Get<RestoreRuns>()
                .StartAsync(restore with { Target = folder, DryRun = true },
                Operator))).Kind.ShouldBe(ProblemKind.Forbidden);
        }

        (await EndAsync(restore with { Target = "/usr/local/timelocker-test", DryRun = true },
            DeskRig.Admin)).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_restore_in_place_reads_back_what_it_wrote_unless_told_otherwise()
    {
        var inPlace = restore with { InPlace = true, Confirm = Environment.MachineName, Overwrite = OverwriteMode.Always };
        (await EndAsync(inPlace, DeskRig.Admin)).Result!.Verified.ShouldBeTrue();
        (await EndAsync(inPlace with { Verify = false }, DeskRig.Admin)).Result!.Verified.ShouldBeFalse();
        (await EndAsync(restore with { Target = rig.In("new") }, DeskRig.Admin)).Result!.Verified.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_preview_named_is_replaced_once_it_is_named_in_return()
    {
        Directory.Delete(rig.In("src/folder"), recursive: true);
        await File.WriteAllTextAsync(rig.In("src/folder"), "mine");
        var inPlace = restore with { Paths = [], InPlace = true, Overwrite = OverwriteMode.IfChanged };

        var preview = await EndAsync(inPlace with { DryRun = true }, DeskRig.Admin);
        preview.Result!.Clashes.Select(clash => clash.Path).ShouldBe([rig.In("src/folder")]);
        var left = await EndAsync(inPlace with { Confirm = Environment.MachineName }, DeskRig.Admin);
        (left.Outcome, await File.ReadAllTextAsync(rig.In("src/folder"))).ShouldBe((RunOutcome.Incomplete, "mine"));
        var replaced = await EndAsync(inPlace with
        {
            Confirm = Environment.MachineName,
            Replace = [rig.In("src/folder")],
        }, DeskRig.Admin);

        (replaced.Outcome, await File.ReadAllTextAsync(rig.In("src/folder/x"))).ShouldBe((RunOutcome.Succeeded, "x"));
    }

    private async Task<Run> EndAsync(NewRestore wanted, Actor who) =>
        await rig.EndAsync(await rig.Get<RestoreRuns>().StartAsync(wanted, who));
}
