using Shouldly;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Snapshots;

/// <summary>The cache of folders has no room: they are read all the same, each time anew.</summary>
public sealed class FullCacheTests : IAsyncLifetime
{
    private const int Files = 300;

    private DeskRig rig = null!;
    private Guid place;
    private string snapshot = "";

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        var repository = await rig.RepositoryAsync();
        foreach (var n in Enumerable.Range(0, Files))
        {
            rig.Write($"data/folder/file-with-a-long-name-that-takes-room-{n:000}");
        }

        var run = await rig.BackupAsync(await rig.PlanAsync(repository, "plan", rig.In("data")));
        (place, snapshot) = (repository.Id, run.SnapshotId.ShouldNotBeNull());
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("small.db", 32 * 1024)]
    [InlineData("tiny.db", 4 * 1024)]
    [InlineData("no-such-folder/cache.db", 1 << 30)]
    public async Task Folders_are_browsed_page_by_page_as_with_a_cache(string file, long largest)
    {
        using var cache = new TreeCache(rig.In(file), largest);
        var browser = new SnapshotBrowser(rig.Get<SnapshotCatalog>(), rig.Get<RepositoryCatalog>(),
            rig.Get<RepositoryAccess>(), cache, rig.Get<AuditLog>());

        var seen = await NamesAsync(browser);

        seen.Count.ShouldBe(Files);
        seen.ShouldBe(await NamesAsync(rig.Get<SnapshotBrowser>()));
        (await browser.FolderAsync(place, snapshot, "/", null, 10, DeskRig.Admin)).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_has_room_is_kept_and_a_full_file_is_begun_anew_at_the_next_start()
    {
        using (var cache = new TreeCache(rig.In("cache.db"), 32 * 1024))
        {
            var browser = new SnapshotBrowser(rig.Get<SnapshotCatalog>(), rig.Get<RepositoryCatalog>(),
                rig.Get<RepositoryAccess>(), cache, rig.Get<AuditLog>());
            await NamesAsync(browser);
            var root = await browser.FolderAsync(place, snapshot, "/", null, 10, DeskRig.Admin);
            var asked = rig.Agent.Asked.Count;
            (await browser.FolderAsync(place, snapshot, "/", null, 10, DeskRig.Admin)).Items.ShouldBe(root.Items);
            rig.Agent.Asked.Count.ShouldBe(asked);
        }

        File.WriteAllBytes(rig.In("cache.db"), new byte[31 * 1024]); // nearly full, and no database at that
        using var next = new TreeCache(rig.In("cache.db"), 32 * 1024);
        next.SetPlace(snapshot, "/", "hash");
        next.Place(snapshot, "/").ShouldBe("hash");
    }

    private async Task<List<string>> NamesAsync(SnapshotBrowser browser)
    {
        var (seen, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await browser.FolderAsync(place, snapshot, rig.In("data", "folder"), after, 100, DeskRig.Admin);
            page.Total.ShouldBe(Files);
            seen.AddRange(page.Items.Select(i => i.Name));
            after = page.Next;
        }
        while (after is not null);

        return seen;
    }
}
