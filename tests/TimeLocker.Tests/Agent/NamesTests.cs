using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class NamesTests(NamesTests.BackedUp place) : IClassFixture<NamesTests.BackedUp>
{
    // printf forms: a name in .NET is text, the names of Linux are bytes.
    private static readonly string[] Names =
    [
        @"line\nbreak", @"tab\there", @"\033[31mescape", @"quote\047and\042quote", @"-rf", @" leading", @"trailing ", @"\342\200\256rtl", @"\360\237\230\200",
        @"back\134slash", @"star*", @"que?stion", @"[brackets]", @"$HOME", @"#hash", @"bad\377byte", @"\300\257half\342\202", @"\302\240nbsp\302\240", @"\177delete",
        new string('n', 255),
    ];

    public sealed class BackedUp : IAsyncLifetime
    {
        public AgentRig Rig { get; } = new();
        public ResticTarget Target { get; private set; } = null!;
        public Run Backup { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Target = await Rig.CreateRepositoryAsync();
            await WriteAsync(Rig);
            Backup = await Rig.RunAsync(Rig.Backup(Target, Rig.In("data")));
        }

        public async Task DisposeAsync() => await Rig.DisposeAsync();
    }

    private readonly AgentRig rig = place.Rig;
    private readonly ResticTarget target = place.Target;
    private readonly Run backup = place.Backup;

    private static async Task WriteAsync(AgentRig rig)
    {
        Directory.CreateDirectory(rig.In("data"));
        foreach (var name in Names)
        {
            await AgentRig.ShellAsync($"n=$(printf -- '{name}x') && n=${{n%x}} && printf '%s' \"$n\" >\"./$n\"", rig.In("data"));
        }

        await AgentRig.ShellAsync(
            "d=$(printf 'dir\\376') && mkdir \"$d\" && echo deep >\"$d/inside\" && mkdir \"$d/more\" && echo deeper >\"$d/more/file\"", rig.In("data"));
    }

    [Fact]
    public async Task Every_name_is_backed_up_browsed_and_restored_byte_for_byte()
    {
        backup.Outcome.ShouldBe(RunOutcome.Succeeded, backup.Problem?.ToString());
        var tree = await ReadAsync(rig.In("data"));
        tree!.Entries.Count(e => e.Kind == EntryKind.File).ShouldBe(Names.Length);
        tree.Entries.ShouldContain(e => e.Name == "line\nbreak");
        tree.Entries.ShouldContain(e => e.Name == "bad\uFFFDbyte");
        tree.Entries.ShouldContain(e => e.Name == "\uFFFD\uFFFDhalf\uFFFD\uFFFD");

        var all = await RestoreAsync("all");
        var chosen = await RestoreAsync("chosen", [.. tree.Entries.Select(e => rig.In("data") + "/" + e.Name)]);

        (await ListAsync(rig.In("all") + rig.In("data"))).ShouldBe(await ListAsync(rig.In("data")));
        (await ListAsync(rig.In("chosen"))).ShouldBe(await ListAsync(rig.In("data")));
        (all.Outcome, chosen.Outcome).ShouldBe((RunOutcome.Succeeded, RunOutcome.Succeeded));
    }

    [Fact]
    public async Task A_folder_that_is_no_text_can_be_opened_and_what_is_in_it_restored()
    {
        var folder = rig.In("data") + "/dir\uFFFD";

        (await ReadAsync(folder))!.Entries.Select(e => e.Name).ShouldBe(["more", "inside"]);
        (await ReadAsync(folder + "/more"))!.Entries.Select(e => e.Name).ShouldBe(["file"]);
        (await ReadAsync(folder + "/nope")).ShouldBeNull();
        (await RestoreAsync("out", folder + "/more/file")).Outcome.ShouldBe(RunOutcome.Succeeded);

        (await AgentRig.ShellAsync("find . -type f -exec cat {} +", rig.In("out"))).ShouldBe("deeper\n");
    }

    [Fact]
    public async Task What_cannot_be_named_to_restic_is_downloaded_with_its_folder()
    {
        var refused =
            await Should.ThrowAsync<ProblemException>(() => rig.Agent.OpenAsync(new FileRequest(target,
                backup.SnapshotId!, [rig.In("data/bad\uFFFDbyte")], DownloadFormat.File), default));
        refused.Problem.Next.Full.ShouldContain("Download the folder that holds it");

        await using var tar = await rig.Agent.OpenAsync(new FileRequest(target, backup.SnapshotId!, [rig.In("data")],
            DownloadFormat.Tar), default);
        await using (var file = File.Create(rig.In("data.tar")))
        {
            await tar.CopyToAsync(file);
        }

        Directory.CreateDirectory(rig.In("untarred"));
        await AgentRig.ShellAsync("tar xf ../data.tar", rig.In("untarred"));
        (await ListAsync(rig.In("untarred/data"))).ShouldBe(await ListAsync(rig.In("data")));
    }

    private Task<SnapshotTree?> ReadAsync(string path) =>
        rig.Agent.AskAsync(new ReadTree(target, backup.SnapshotId!, path, null), default);

    private Task<Run> RestoreAsync(string folder, params string[] paths) =>
        rig.RunAsync(new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = backup.SnapshotId!,
            Paths = paths,
            Folder = rig.In(folder),
        });

    private static Task<string> ListAsync(string folder) =>
        AgentRig.ShellAsync("find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum -z", folder);
}
