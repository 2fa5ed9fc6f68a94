using System.Formats.Tar;
using System.IO.Compression;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What is neither file nor folder, is empty, is chosen twice, or is older than a ZIP can say.</summary>
public sealed class OddDownloadTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;
    private string snapshot = null!;

    private static bool HasDevices => Environment.IsPrivilegedProcess;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/d/file", "alpha");
        rig.Write("data/d/empty-file", "");
        rig.Write("data/old", "old");
        await AgentRig.ShellAsync($"""
            cd data; mkdir -p empty d/empty; mkfifo d/pipe pipe; ln -s d/file link; ln -s nowhere d/dangling
            mkfifo "d/$(printf 'x%.0s' $(seq 120))"; mkfifo "d/$(printf 'b\351d')"
            touch -d '1960-01-02' old; touch -d '1970-01-02' d/file; touch -d '2150-01-01' d/empty-file
            {(HasDevices ? "mknod d/null c 1 3; mknod d/disk b 259 300" : "")}
            """, rig.Root);
        snapshot = (await rig.RunAsync(rig.Backup(target, rig.In("data")))).SnapshotId!;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("data/link"), InlineData("data/pipe")]
    public async Task What_is_no_file_is_refused_as_one(string path)
    {
        var refused = await Should.ThrowAsync<ProblemException>(() => ReadAsync(DownloadFormat.File, path));
        (refused.Kind, refused.Problem.What.Full).ShouldBe((ProblemKind.Invalid, "This is no file."));
    }

    [Theory]
    [InlineData("data/d")]
    [InlineData("data/d", "data/link")]
    [InlineData("data")]
    public async Task A_tar_holds_everything_as_what_it_is(params string[] paths)
    {
        var (entries, bytes) = await TarAsync(paths);
        var at = paths[0] == "data" ? "data/d" : "d";

        (entries[$"{at}/pipe"], entries[$"{at}/{new string('x', 120)}"], entries[$"{at}/dangling"],
            entries[$"{at}/empty-file"], entries[$"{at}/file"])
            .ShouldBe((TarEntryType.Fifo, TarEntryType.Fifo, TarEntryType.SymbolicLink, TarEntryType.RegularFile,
                TarEntryType.RegularFile));
        (entries[$"{at}/empty/"], entries[$"{at}/"]).ShouldBe((TarEntryType.Directory, TarEntryType.Directory));
        await File.WriteAllBytesAsync(rig.In("all.tar"), bytes);
        await AgentRig.ShellAsync(
            $"mkdir out && tar -C out -xf all.tar && [ -p out/{at}/pipe ] && [ ! -s out/{at}/empty-file ] && [ \"$(cat out/{at}/file)\" = alpha ]", rig.Root);
        if (paths[0] == "data/d")
        {
            await AgentRig.ShellAsync("[ -p out/d/b?d ]", rig.Root); // deeper down restic does not say the name's own bytes
        }

        if (HasDevices)
        {
            (await AgentRig.ShellAsync($"cd out/{at}; stat -c '%t,%T' null disk", rig.Root)).ShouldBe("1,3\n103,12c\n");
        }
    }

    [Fact]
    public async Task A_special_file_alone_comes_as_a_tar_and_not_as_a_zip()
    {
        (await TarAsync("data/pipe")).Entries.ShouldBe(new Dictionary<string, TarEntryType> { ["pipe"] = TarEntryType.Fifo });
        (await TarAsync("data/link")).Entries.ShouldBe(new Dictionary<string,
            TarEntryType>
        { ["link"] = TarEntryType.SymbolicLink });
        (await Should.ThrowAsync<ProblemException>(() => ReadAsync(DownloadFormat.Zip,
            "data/pipe"))).Problem.What.Full.ShouldBe("A ZIP cannot hold this.");
    }

    [Theory]
    [InlineData("data/d")]
    [InlineData("data/d", "data/pipe")]
    public async Task A_zip_holds_links_and_names_what_it_cannot_hold(params string[] paths)
    {
        await using var zip = await ZipAsync(paths);

        (zip.GetEntry("d/dangling")!.ExternalAttributes >> 28 & 0xF, await TextAsync(zip, "d/dangling")).ShouldBe((0xA, "nowhere"));
        var note = await TextAsync(zip, "LEFT OUT.txt");
        note.ShouldContain("\nd/pipe\n");
        note.Contains("\npipe\n").ShouldBe(paths.Length > 1);
        zip.GetEntry("d/pipe").ShouldBeNull();
    }

    [Theory]
    [InlineData(DownloadFormat.Zip)]
    [InlineData(DownloadFormat.Tar)]
    public async Task Empty_folders_come_along(DownloadFormat format)
    {
        var names = format == DownloadFormat.Tar ? (await TarAsync("data/empty", "data/old")).Entries.Keys
            : (await ZipAsync("data/empty", "data/old")).Entries.Select(e => e.FullName);
        names.ShouldBe(["empty/", "old"], ignoreOrder: true);
        var alone = format == DownloadFormat.Tar ? (await TarAsync("data/empty")).Entries.Keys
            : (await ZipAsync("data/empty")).Entries.Select(e => e.FullName);
        alone.ShouldBe(["empty/"]);
    }

    [Fact]
    public async Task What_is_chosen_twice_comes_once()
    {
        await using var zip = await ZipAsync("data/d", "data/d/file", "data/d/empty", "data/old");
        zip.Entries.Select(e => e.FullName).ShouldBeUnique();
        zip.GetEntry("d/file").ShouldNotBeNull();
        zip.GetEntry("old").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data/d", "data/old")]
    public async Task A_zip_says_the_nearest_date_that_it_can(params string[] paths)
    {
        await using var zip = await ZipAsync(paths);
        var at = paths.Length == 1 ? "data/" : "";
        (zip.GetEntry(at + "old")!.LastWriteTime.Year, zip.GetEntry(at + "d/file")!.LastWriteTime.Year,
            zip.GetEntry(at + "d/empty-file")!.LastWriteTime.Year).ShouldBe((1980, 1980, 2107));
    }

    private async Task<(Dictionary<string, TarEntryType> Entries, byte[] Bytes)> TarAsync(params string[] paths)
    {
        var bytes = await ReadAsync(DownloadFormat.Tar, paths);
        await using var tar = new TarReader(new MemoryStream(bytes));
        Dictionary<string, TarEntryType> entries = [];
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            entries.Add(entry.Name.TrimStart('/'), entry.EntryType);
        }

        return (entries, bytes);
    }

    private async Task<ZipArchive> ZipAsync(params string[] paths) =>
        new(new MemoryStream(await ReadAsync(DownloadFormat.Zip, paths)));

    private static async Task<string> TextAsync(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(await zip.GetEntry(name).ShouldNotBeNull().OpenAsync());
        return await reader.ReadToEndAsync();
    }

    private async Task<byte[]> ReadAsync(DownloadFormat format, params string[] paths)
    {
        await using var stream = await rig.Agent.OpenAsync(new FileRequest(target, snapshot,
            [.. paths.Select(path => rig.In(path))], format), default);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
