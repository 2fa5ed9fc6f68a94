using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class RestoreTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;
    private string snapshot = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt", "alpha");
        rig.Write("data/b.txt", "beta");
        rig.Write("data/sub/c.txt", "gamma");
        rig.Write("data/[odd]*?\\ $x.txt", "odd");
        rig.Write("data/odd]x.txt", "even");
        snapshot = (await rig.RunAsync(rig.Backup(target, rig.In("data")))).SnapshotId!;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_selection_comes_back_into_a_new_private_folder()
    {
        var run = await rig.RunAsync(Restore(rig.In("out/new"), rig.In("data/sub"),
            rig.In("data/[odd]*?\\ $x.txt")) with
        { Verify = true });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        (run.Result!.Folder, run.Result.Verified).ShouldBe((rig.In("out/new"), true));
        Files(rig.In("out/new")).ShouldBe(["[odd]*?\\ $x.txt", "sub/c.txt"]);
        File.ReadAllText(rig.In("out/new/sub/c.txt")).ShouldBe("gamma");
        File.GetUnixFileMode(rig.In("out/new")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Everything_comes_back_with_its_whole_path()
    {
        var run = await rig.RunAsync(Restore(rig.In("out")));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        File.ReadAllText(rig.In("out") + rig.In("data/a.txt")).ShouldBe("alpha");
    }

    [Fact]
    public async Task In_place_a_preview_counts_and_the_restore_does_the_same()
    {
        File.WriteAllText(rig.In("data/b.txt"), "changed since");
        File.Delete(rig.In("data/sub/c.txt"));
        var spec = Restore(null, rig.In("data")) with { Overwrite = OverwriteMode.Always };

        var preview = await rig.RunAsync(spec with { DryRun = true });

        preview.Outcome.ShouldBe(RunOutcome.Succeeded, preview.Problem?.ToString());
        (preview.Result!.FilesNew, preview.Result.FilesChanged, preview.Result.FilesUnmodified,
            preview.Result.DryRun).ShouldBe((1, 1, 3, true));
        File.ReadAllText(rig.In("data/b.txt")).ShouldBe("changed since");

        var run = await rig.RunAsync(spec with { RunId = Guid.CreateVersion7() });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        File.ReadAllText(rig.In("data/b.txt")).ShouldBe("beta");
        File.ReadAllText(rig.In("data/sub/c.txt")).ShouldBe("gamma");
    }

    [Fact]
    public async Task Never_overwriting_leaves_what_is_there()
    {
        File.WriteAllText(rig.In("data/b.txt"), "mine");
        File.Delete(rig.In("data/a.txt"));

        var run = await rig.RunAsync(Restore(null, rig.In("data")) with { Overwrite = OverwriteMode.Never });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        (File.ReadAllText(rig.In("data/b.txt")), File.ReadAllText(rig.In("data/a.txt"))).ShouldBe(("mine", "alpha"));
    }

    [Fact]
    public async Task A_folder_with_something_in_it_a_link_and_the_repository_itself_are_refused()
    {
        Directory.CreateSymbolicLink(rig.In("link"), Directory.CreateDirectory(rig.In("empty")).FullName);
        foreach (var folder in (string[])[rig.In("data"), rig.In("link"), rig.In("repo/inside"), "relative", rig.In("data/../up")])
        {
            var run = await rig.RunAsync(Restore(folder));
            (run.Outcome, run.Command).ShouldBe((RunOutcome.Failed, null), folder);
        }
    }

    [Fact]
    public async Task A_choice_that_matches_nothing_fails()
    {
        var run = await rig.RunAsync(Restore(rig.In("out"), rig.In("data/no-such-file")));

        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "Nothing was restored."));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_mostly_empty_stays_small_on_the_disk(bool inPlace)
    {
        // 200 MiB with 4 KiB in them, such as the image of a virtual machine.
        await AgentRig.ShellAsync(
            "truncate -s 200M data/image; printf '%4096s' x | dd of=data/image bs=4096 seek=20000 conv=notrunc 2>/dev/null", rig.Root);
        var backup = await rig.RunAsync(rig.Backup(target, rig.In("data/image")));
        await AgentRig.ShellAsync(inPlace ? "mv data/image before" : "cp --sparse=always data/image before", rig.Root);

        var run = await rig.RunAsync(Restore(inPlace ? null : rig.In("out"),
            rig.In("data/image")) with
        { SnapshotId = backup.SnapshotId!, Verify = true });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        var image = rig.In(inPlace ? "data/image" : "out/image");
        long.Parse(await AgentRig.ShellAsync($"stat -c %b {image}", "/"),
            System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(4096, "blocks of 512 bytes");
        await AgentRig.ShellAsync($"cmp {image} before", rig.Root);
    }

    [Fact]
    public async Task Setuid_files_are_named()
    {
        File.SetUnixFileMode(rig.In("data/a.txt"), UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var backup = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        var run = await rig.RunAsync(Restore(rig.In("out"), rig.In("data")) with { SnapshotId = backup.SnapshotId! });

        run.Result!.Notable.Select(file => file.Full).ShouldBe([rig.In("out/data/a.txt") + " (setuid)"]);
    }

    private RestoreSpec Restore(string? folder, params string[] paths) =>
        new()
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = snapshot,
            Paths = paths,
            Folder = folder,
            Sources = [rig.In("data")],
        };

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f))
            .Order(StringComparer.Ordinal);
}
