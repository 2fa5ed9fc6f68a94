using System.Formats.Tar;
using System.IO.Compression;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class DownloadTests(DownloadTests.BackedUp place) : IClassFixture<DownloadTests.BackedUp>
{
    public sealed class BackedUp : IAsyncLifetime
    {
        public AgentRig Rig { get; } = new();
        public ResticTarget Target { get; private set; } = null!;
        public string Snapshot { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Target = await Rig.CreateRepositoryAsync();
            Rig.Write("data/a.txt", "alpha");
            Rig.Write("data/sub/b.txt", "beta");
            Rig.WriteNoise("data/sub/noise", 4);
            File.CreateSymbolicLink(Rig.In("data/sub/link"), "b.txt");
            Snapshot = (await Rig.RunAsync(Rig.Backup(Target, Rig.In("data")))).SnapshotId!;
        }

        public async Task DisposeAsync() => await Rig.DisposeAsync();
    }

    private readonly AgentRig rig = place.Rig;
    private readonly ResticTarget target = place.Target;
    private readonly string snapshot = place.Snapshot;

    [Fact]
    public async Task One_file_comes_as_it_is()
    {
        (await ReadAsync(DownloadFormat.File, "data/sub/noise")).ShouldBe(await File.ReadAllBytesAsync(rig.In("data/sub/noise")));
    }

    [Fact]
    public async Task One_folder_comes_as_an_archive_with_short_names()
    {
        await using var zip = new ZipArchive(new MemoryStream(await ReadAsync(DownloadFormat.Zip, "data/sub")));
        zip.Entries.Select(e => e.FullName).ShouldBe(["sub/", "sub/b.txt", "sub/link", "sub/noise"], ignoreOrder: true);
    }

    [Fact]
    public async Task One_file_alone_can_be_an_archive_too()
    {
        await using var zip = new ZipArchive(new MemoryStream(await ReadAsync(DownloadFormat.Zip, "data/a.txt")));
        var entry = zip.Entries.ShouldHaveSingleItem();
        (entry.FullName, entry.Length).ShouldBe(("a.txt", 5));
    }

    [Fact]
    public async Task Everything_comes_when_nothing_is_chosen()
    {
        await using var zip = new ZipArchive(new MemoryStream(await ReadAsync(DownloadFormat.Zip)));
        zip.Entries.ShouldContain(e => "/" + e.FullName == rig.In("data/a.txt"));
    }

    [Fact]
    public async Task Several_paths_come_as_one_tar()
    {
        await using var tar = new TarReader(new MemoryStream(await ReadAsync(DownloadFormat.Tar, "data/a.txt", "data/sub")));
        Dictionary<string, long> entries = [];
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            entries[entry.Name.TrimStart('/')] = entry.Length;
        }

        entries.Where(e => !e.Key.EndsWith('/')).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, e.Value))
            .ShouldBe([("a.txt", 5), ("sub/b.txt", 4), ("sub/link", 0), ("sub/noise", 4 << 20)]);
    }

    [Fact]
    public async Task Several_paths_come_as_one_zip()
    {
        await using var zip = new ZipArchive(new MemoryStream(await ReadAsync(DownloadFormat.Zip, "data/a.txt", "data/sub")));
        zip.Entries.Where(e => !e.FullName.EndsWith('/')).Select(e => (e.FullName, e.Length)).Order()
            .ShouldBe([("a.txt", 5), ("sub/b.txt", 4), ("sub/link", 5), ("sub/noise", 4 << 20)]);
        using var noise = new MemoryStream();
        await (await zip.GetEntry("sub/noise")!.OpenAsync()).CopyToAsync(noise);
        noise.ToArray().ShouldBe(await File.ReadAllBytesAsync(rig.In("data/sub/noise")));
    }

    [Theory]
    [InlineData(DownloadFormat.File, "data/nope")]
    [InlineData(DownloadFormat.Tar, "data/nope", "data/a.txt")]
    [InlineData(DownloadFormat.Zip, "data/a.txt", "data/nope")]
    public async Task What_is_not_there_shows_while_reading(DownloadFormat format, params string[] paths)
    {
        var failure = await Should.ThrowAsync<ProblemException>(() => ReadAsync(format, paths));
        failure.Problem.What.Full.ShouldBe("This is not in the snapshot.");
    }

    [Fact]
    public async Task Damage_in_the_repository_shows_while_reading()
    {
        await AgentRig.ShellAsync("cp -a repo damaged", rig.Root);
        foreach (var pack in Directory.EnumerateFiles(rig.In("damaged/data"), "*", SearchOption.AllDirectories)
            .Where(f => new FileInfo(f).Length > 1 << 20))
        {
            File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using var file = File.OpenWrite(pack);
            file.Position = file.Length / 2;
            file.Write(new byte[64]);
        }

        var failure =
            await Should.ThrowAsync<ProblemException>(() =>
                ReadAsync(new FileRequest(target with { Location = rig.In("damaged"), Folder = rig.In("damaged") },
                    snapshot, [rig.In("data/sub/noise")], DownloadFormat.File)));
        failure.Problem.What.Full.ShouldBe("The repository is damaged.");
    }

    [Theory]
    [InlineData(DownloadFormat.File, "data/sub/noise")]
    [InlineData(DownloadFormat.Zip, "data/sub", "data/a.txt")]
    public async Task A_reader_that_leaves_stops_restic(DownloadFormat format, params string[] paths)
    {
        var stream = await OpenAsync(format, paths);
        (await stream.ReadAsync(new byte[10])).ShouldBeGreaterThan(0);
        await stream.DisposeAsync();

        (await AgentRig.ShellAsync("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; true",
            "/")).ShouldNotContain($"dump --json --password-file=/dev/stdin --no-lock -- {snapshot}");
    }

    private Task<Stream> OpenAsync(DownloadFormat format, params string[] paths) =>
        rig.Agent.OpenAsync(new FileRequest(target, snapshot, [.. paths.Select(p => rig.In(p))], format), default);

    private Task<byte[]> ReadAsync(DownloadFormat format, params string[] paths) =>
        ReadAsync(new FileRequest(target, snapshot, [.. paths.Select(p => rig.In(p))], format));

    private async Task<byte[]> ReadAsync(FileRequest request)
    {
        await using var stream = await rig.Agent.OpenAsync(request, default);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
