using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// In place, something of another kind may lie where the snapshot has a file or a folder. restic would take it away;
/// nobody asked for that.
/// </summary>
public sealed class ClashTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;
    private string snapshot = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("w/folder/x", "in");
        rig.Write("w/linked/y", "in");
        rig.Write("w/deep/er/z", "in");
        rig.Write("w/file", "saved");
        rig.Write("w/file2", "saved");
        rig.Write("w/plain", "saved");
        File.CreateSymbolicLink(rig.In("w/link"), "plain");
        await AgentRig.ShellAsync("mkfifo w/pipe", rig.Root);
        snapshot = (await rig.RunAsync(rig.Backup(target, rig.In("w")))).SnapshotId!;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData(OverwriteMode.Never)]
    [InlineData(OverwriteMode.IfNewer)]
    [InlineData(OverwriteMode.IfChanged)]
    [InlineData(OverwriteMode.Always)]
    public async Task What_is_of_another_kind_is_left_as_it_is_and_named(OverwriteMode mode)
    {
        await ChangeKindsAsync();
        var run = await rig.RunAsync(InPlace(rig.In("w")) with { Overwrite = mode });

        run.Outcome.ShouldBe(RunOutcome.Incomplete, run.Problem?.ToString());
        ShouldBeUntouched();
        Named(run).ShouldBe(["deep", "file", "file2", "folder", "link", "linked", "pipe"]);
        run.Issues.Select(issue => Path.GetRelativePath(rig.In("w"), issue.Path)).Order(StringComparer.Ordinal)
            .ShouldBe(Named(run));
        run.Issues.First(issue => issue.Path == rig.In("w/folder")).Cause.Full.ShouldBe("a file is here, a folder in the snapshot");
        File.ReadAllText(rig.In("w/plain")).ShouldBe("saved", "what is of the same kind comes back");
    }

    [Theory]
    [InlineData(OverwriteMode.Never)]
    [InlineData(OverwriteMode.Always)]
    public async Task The_preview_foresees_it(OverwriteMode mode)
    {
        await ChangeKindsAsync();
        var preview = await rig.RunAsync(InPlace(rig.In("w")) with { Overwrite = mode, DryRun = true });

        Named(preview).ShouldBe(["deep", "file", "file2", "folder", "link", "linked", "pipe"]);
        preview.Outcome.ShouldBe(RunOutcome.Incomplete);
        preview.Result!.Clashes.Single(clash => clash.Path == rig.In("w/file2"))
            .ShouldBe(new RestoreClash(rig.In("w/file2"), PlaceKind.File, PlaceKind.Folder, MayReplace: false,
                Replaced: false));
        preview.Result.Clashes.Single(clash => clash.Path == rig.In("w/linked"))
            .ShouldBe(new RestoreClash(rig.In("w/linked"), PlaceKind.Folder, PlaceKind.Link, MayReplace: true,
                Replaced: false));
    }

    [Fact]
    public async Task What_a_person_agreed_to_is_replaced_and_nothing_else()
    {
        await ChangeKindsAsync();
        var run = await rig.RunAsync(InPlace(rig.In("w")) with
        {
            Overwrite = OverwriteMode.IfChanged,
            Replace = [rig.In("w/folder"), rig.In("w/linked"), rig.In("w/file2"), rig.In("w/pipe")],
        });

        run.Outcome.ShouldBe(RunOutcome.Incomplete, run.Problem?.ToString());
        File.ReadAllText(rig.In("w/folder/x")).ShouldBe("in");
        File.ReadAllText(rig.In("w/linked/y")).ShouldBe("in");
        File.ReadAllText(rig.In("elsewhere/y")).ShouldBe("NEWER", "the link goes, not what it leads to");
        File.ReadAllText(rig.In("w/file2/mine")).ShouldBe("mine", "a folder with something in it is never removed");
        File.ReadAllText(rig.In("w/deep")).ShouldBe("mine");
        run.Result!.Clashes.Where(clash => clash.Replaced).Select(clash => Path.GetFileName(clash.Path)).Order()
            .ShouldBe(["folder", "linked", "pipe"]);
    }

    [Theory]
    [InlineData(OverwriteMode.Never)]
    [InlineData(OverwriteMode.IfNewer)]
    public async Task Leave_it_as_it_is_wins_over_a_consent(OverwriteMode mode)
    {
        await ChangeKindsAsync();
        await rig.RunAsync(InPlace(rig.In("w")) with { Overwrite = mode, Replace = [rig.In("w/folder"), rig.In("w/linked")] });

        ShouldBeUntouched();
    }

    [Theory]
    [InlineData("w/linked/y")]
    [InlineData("w/linked/y", "w/plain")]
    public async Task Nothing_is_written_through_a_link_that_was_a_folder(params string[] chosen)
    {
        await ChangeKindsAsync();
        var run = await rig.RunAsync(InPlace([.. chosen.Select(path => rig.In(path))]) with
        {
            Overwrite = OverwriteMode.Always,
            Replace = [rig.In("w/linked")]
        });

        run.Outcome.ShouldNotBe(RunOutcome.Succeeded);
        new FileInfo(rig.In("w/linked")).LinkTarget.ShouldBe("../elsewhere");
        File.ReadAllText(rig.In("elsewhere/y")).ShouldBe("NEWER");
        Named(run).ShouldBe(["linked"]);
    }

    [Fact]
    public async Task A_link_above_what_was_saved_is_the_way_there()
    {
        File.CreateSymbolicLink(rig.In("way"), rig.Root);
        var backup = await rig.RunAsync(rig.Backup(target, rig.In("way/w/deep")));
        File.Delete(rig.In("w/deep/er/z"));

        var run = await rig.RunAsync(InPlace(rig.In("way/w/deep/er/z")) with
        {
            SnapshotId = backup.SnapshotId!,
            Sources = [rig.In("way/w/deep")],
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        File.ReadAllText(rig.In("w/deep/er/z")).ShouldBe("in");
    }

    [Theory]
    [InlineData("way/deep", true)]
    [InlineData("way/plain", false)]
    public async Task A_link_above_one_of_several_sources_stays_and_leads_to_what_it_can(string chosen, bool comes)
    {
        File.CreateSymbolicLink(rig.In("way"), rig.In("w"));
        rig.Write("o/o", "in");
        var backup = await rig.RunAsync(rig.Backup(target, rig.In(chosen), rig.In("o")));
        await AgentRig.ShellAsync("rm w/deep/er/z w/plain o/o", rig.Root);

        var run = await rig.RunAsync(InPlace(rig.In(chosen), rig.In("o")) with
        {
            SnapshotId = backup.SnapshotId!,
            Sources = [rig.In(chosen), rig.In("o")],
        });

        (run.Outcome,
            File.Exists(rig.In(comes ? "w/deep/er/z" : "w/plain"))).ShouldBe(comes ? (RunOutcome.Succeeded, true)
                : (RunOutcome.Incomplete, false), run.Problem?.ToString());
        new FileInfo(rig.In("way")).LinkTarget.ShouldBe(rig.In("w"));
        File.ReadAllText(rig.In("o/o")).ShouldBe("in");
    }

    [Fact]
    public async Task A_name_that_is_no_text_is_looked_at_too()
    {
        await AgentRig.ShellAsync("mkdir -p \"w/$(printf 'b\\351d')/in\"; echo x > \"w/$(printf 'b\\351d')/in/file\"", rig.Root);
        var backup = await rig.RunAsync(rig.Backup(target, rig.In("w")));
        await AgentRig.ShellAsync("d=\"w/$(printf 'b\\351d')\"; rm -r \"$d\"; echo mine > \"$d\"", rig.Root);

        var run = await rig.RunAsync(InPlace(rig.In("w")) with
        {
            SnapshotId = backup.SnapshotId!,
            Overwrite = OverwriteMode.Never,
        });

        (await AgentRig.ShellAsync("cat w/b?d", rig.Root)).ShouldBe("mine\n");
        run.Outcome.ShouldBe(RunOutcome.Incomplete, run.Problem?.ToString());
    }

    [Fact]
    public async Task Some_of_the_chosen_paths_are_missing_and_named()
    {
        foreach (var dry in (bool[])[true, false])
        {
            var run = await rig.RunAsync(InPlace(rig.In("w/plain"), rig.In("w/Plain"),
                "/other/place") with
            { Folder = rig.In("out"), DryRun = dry });

            run.Outcome.ShouldBe(RunOutcome.Incomplete, run.Problem?.ToString());
            run.Issues.Select(issue => issue.Path).Order(StringComparer.Ordinal)
                .ShouldBe(((string[])["/other/place", rig.In("w/Plain")]).Order(StringComparer.Ordinal));
        }
    }

    // Each place gets what the snapshot does not have there.
    private Task<string> ChangeKindsAsync() => AgentRig.ShellAsync("""
        rm -rf w/*; mkdir elsewhere; printf NEWER > elsewhere/y
        printf mine > w/folder; ln -s ../elsewhere w/linked; printf mine > w/deep
        mkdir w/file w/file2; printf mine > w/file2/mine; printf mine > w/link; ln -s plain w/pipe
        touch -d '2100-01-01' w/folder w/deep w/file w/file2 w/link; touch -h -d '2000-01-01' w/linked w/pipe
        """, rig.Root);

    private void ShouldBeUntouched()
    {
        ((string[])["folder", "deep", "file2/mine", "link"]).ShouldAllBe(name => File.ReadAllText(rig.In("w", name)) == "mine");
        (new FileInfo(rig.In("w/linked")).LinkTarget,
            new FileInfo(rig.In("w/pipe")).LinkTarget).ShouldBe(("../elsewhere", "plain"));
        Directory.EnumerateFileSystemEntries(rig.In("w/file")).ShouldBeEmpty();
        File.ReadAllText(rig.In("elsewhere/y")).ShouldBe("NEWER");
    }

    private string[] Named(Run run) =>
        [.. run.Result.ShouldNotBeNull().Clashes.Select(clash => Path.GetRelativePath(rig.In("w"), clash.Path))
            .Order(StringComparer.Ordinal)];

    private RestoreSpec InPlace(params string[] paths) =>
        new()
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = snapshot,
            Paths = paths,
            Folder = null,
            Sources = [rig.In("w")],
        };
}
