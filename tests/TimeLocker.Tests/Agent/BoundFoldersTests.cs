using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A folder that is mounted once more, as in a container that has the machine's “/” beside its own volume, is the same
/// folder still.
/// </summary>
public sealed class BoundFoldersTests : IAsyncLifetime
{
    private static readonly string[] Secret = ["cache", "keys", "runs", "server.json", "tmp"];

    private readonly AgentRig rig = new();
    private readonly Stack<Mounted> mounts = [];
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.WriteServersState();
        rig.Write("data/a.txt");
    }

    public async Task DisposeAsync()
    {
        while (mounts.TryPop(out var mounted))
        {
            mounted.Dispose();
        }

        await rig.DisposeAsync();
    }

    [MountTheory]
    [InlineData("bound", "bound")]
    [InlineData("outer/a name \\ of [many] words", "outer/a name \\ of [many] words")]
    [InlineData("outer/deep/bound", "outer")]
    public async Task A_backup_leaves_the_keys_out_wherever_they_are_mounted(string at, string source)
    {
        Bind("state", at);

        var run = await SaveAsync(source);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Checks.ShouldContain(c => c.Text.Full.Contains("own keys", StringComparison.Ordinal));
        var names = await NamesAsync(run, at);
        names.ShouldContain("timelocker.db");
        names.Intersect(Secret).ShouldBeEmpty();
    }

    [MountFact]
    public async Task A_disk_that_is_mounted_twice_shows_the_keys_twice()
    {
        mounts.Push(Mounted.Memory(rig.In("disk"), "64m"));
        await AgentRig.ShellAsync("cp -a state disk/volume", rig.Root);
        Bind("disk/volume", "state");

        var run = await SaveAsync("disk");

        (await NamesAsync(run, "disk/volume")).ShouldSatisfyAllConditions(
            names => names.ShouldContain("timelocker.db"),
            names => names.Intersect(Secret).ShouldBeEmpty());
    }

    [MountFact]
    public async Task A_volume_for_the_keys_alone_is_left_out_where_it_lies()
    {
        rig.Write("volumes/keys/timelocker.key");
        rig.Write("volumes/other");
        Bind("volumes/keys", "state/keys");

        (await NamesAsync(await SaveAsync("volumes"), "volumes")).ShouldBe(["other"]);
        (await RestoreAsync("volumes/keys/new")).Problem.ShouldNotBeNull().Why.Full.ShouldBe(
            "The folder belongs to TimeLocker itself.");
    }

    [MountFact]
    public async Task What_an_overlay_writes_to_holds_the_keys_too()
    {
        mounts.Push(Mounted.Memory(rig.In("layers"), "64m"));
        await AgentRig.ShellAsync("mkdir layers/lower layers/work && cp -a state layers/upper", rig.Root);
        mounts.Push(Mounted.Over(rig.In("layers/lower"), rig.In("layers/upper"), rig.In("layers/work"), rig.In("state")));

        (await NamesAsync(await SaveAsync("layers"), "layers/upper")).Intersect(Secret).ShouldBeEmpty();
    }

    [MountTheory]
    [InlineData("state/keys", "bound", "bound")]
    [InlineData("state/keys/timelocker.key", "key", "key")]
    [InlineData("state/server.json", "token", "token")]
    [InlineData("state", "bound", "bound/keys/timelocker.key")]
    public async Task Keys_that_are_mounted_elsewhere_cannot_be_backed_up(string what, string at, string source)
    {
        Bind(what, at);

        var run = await SaveAsync(source);

        (run.Outcome, run.Problem?.What.Full, run.SnapshotId).ShouldBe((RunOutcome.Failed, "This cannot be backed up.", null));
    }

    [MountFact]
    public async Task A_key_that_is_mounted_below_a_source_is_left_out()
    {
        rig.Write("outer/file");
        Bind("state/keys/timelocker.key", "outer/key");

        (await NamesAsync(await SaveAsync("outer"), "outer")).ShouldBe(["file"]);
    }

    [MountFact]
    public async Task What_is_mounted_over_the_keys_is_saved()
    {
        Bind("state", "bound");
        rig.Write("wanted/file");
        Bind("wanted", "bound/keys");

        (await NamesAsync(await SaveAsync("bound"), "bound/keys")).ShouldBe(["file"]);
    }

    [MountTheory]
    [InlineData("state", "bound", "bound/new")]
    [InlineData("state/runs", "bound", "bound/deep/new")]
    [InlineData("hooks", "bound", "bound/new")]
    public async Task Nothing_is_restored_into_folders_that_TimeLocker_trusts(string what, string at, string folder)
    {
        Directory.CreateDirectory(rig.In(what));
        Bind(what, at);

        var run = await RestoreAsync(folder);

        (run.Outcome, run.Problem?.Why.Full).ShouldBe((RunOutcome.Failed, "The folder belongs to TimeLocker itself."));
        Directory.Exists(rig.In(folder)).ShouldBeFalse();
    }

    [MountFact]
    public async Task Nothing_is_restored_into_a_repository_or_a_folder_of_the_system()
    {
        Bind("repo", "bound");
        Directory.CreateDirectory(rig.In("home/.ssh"));
        Bind("home/.ssh", "harmless");

        (await RestoreAsync("bound/new")).Problem.ShouldNotBeNull().Why.Full.ShouldBe(
            "The folder is inside the repository itself.");
        (await RestoreAsync("harmless/new")).Problem.ShouldNotBeNull().Why.Full.ShouldContain("Only an Admin may.");
    }

    [MountFact]
    public async Task A_repository_that_is_mounted_in_what_is_backed_up_is_left_out()
    {
        rig.Write("outer/file");
        Bind("repo", "outer/repo");

        var run = await SaveAsync("outer");

        run.Checks.ShouldContain(c => c.Text.Full.StartsWith("The repository lies in what is backed up", StringComparison.Ordinal));
        (await NamesAsync(run, "outer")).ShouldBe(["file"]);
    }

    [MountFact]
    public async Task What_lies_beside_a_repository_on_its_disk_is_saved_where_it_is_mounted()
    {
        mounts.Push(Mounted.Memory(rig.In("disk"), "64m"));
        await AgentRig.ShellAsync("cp -a repo/. disk && mkdir disk/photos && touch disk/photos/file", rig.Root);
        Bind("disk/photos", "photos");
        target = target with { Location = rig.In("disk"), Folder = rig.In("disk") };

        (await NamesAsync(await SaveAsync("photos"), "photos")).ShouldBe(["file"]);
    }

    private void Bind(string what, string at)
    {
        if (!Path.Exists(rig.In(at)))
        {
            _ = Directory.Exists(rig.In(what)) ? Directory.CreateDirectory(rig.In(at)).FullName : rig.Write(at);
        }

        mounts.Push(Mounted.Bound(rig.In(what), rig.In(at)));
    }

    private Task<Run> SaveAsync(string source) => rig.RunAsync(rig.Backup(target, rig.In(source)));

    private async Task<IReadOnlyList<string>> NamesAsync(Run run, string folder)
    {
        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        var tree = await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.In(folder), null), default);
        return [.. tree.ShouldNotBeNull().Entries.Select(e => e.Name)];
    }

    private async Task<Run> RestoreAsync(string folder)
    {
        var saved = await SaveAsync("data/a.txt");
        return await rig.RunAsync(new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = saved.SnapshotId!,
            Paths = [rig.In("data/a.txt")],
            Folder = rig.In(folder),
        });
    }
}
