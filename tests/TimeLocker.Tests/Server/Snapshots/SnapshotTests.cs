using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Server.Snapshots;

/// <summary>Snapshots come from the database; the machine is asked only for what no one ever opened.</summary>
public sealed class SnapshotTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private DeskRig rig = null!;
    private Repository place = null!;
    private SnapshotCatalog snapshots = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        snapshots = rig.Get<SnapshotCatalog>();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_thousand_snapshots_open_with_no_more_questions_than_none()
    {
        var empty = await OpenAsync();
        await AddAsync(1000);
        var full = await OpenAsync();

        (empty.Items, full.Items).ShouldBe((0, 50));
        empty.Asked.ShouldBeEmpty();
        full.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap()
    {
        await AddAsync(130);
        var (seen, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await snapshots.ListAsync(new() { Repository = place.Id, After = after, Limit = 50 });
            seen.AddRange(page.Items.Select(s => s.Id));
            after = page.Next;
        }
        while (after is not null);

        seen.ShouldBe(Enumerable.Range(0, 130).Select(Id).Reverse());
    }

    [Fact]
    public async Task A_moment_gives_the_newest_snapshot_that_is_not_later()
    {
        var plan = await rig.PlanAsync(place, "plan", "/a");
        await AddAsync(10, plan);

        (await snapshots.AtAsync(place.Id, Start.AddHours(4), null))!.Id.ShouldBe(Id(4));
        (await snapshots.AtAsync(place.Id, Start.AddHours(4).AddTicks(-1), null))!.Id.ShouldBe(Id(3));
        (await snapshots.AtAsync(place.Id, Start.AddTicks(-1), null)).ShouldBeNull();
        (await snapshots.AtAsync(place.Id, Start.AddYears(1), plan.Id))!.Id.ShouldBe(Id(9));
        (await snapshots.AtAsync(place.Id, Start.AddYears(1), Guid.NewGuid())).ShouldBeNull();
    }

    [Fact]
    public async Task Filters_and_calendar_agree_with_the_list()
    {
        await AddAsync(48);

        (await snapshots.ListAsync(new() { Repository = place.Id, Host = "odd", Limit = 500 })).Items.Count.ShouldBe(24);
        (await snapshots.ListAsync(new() { Repository = place.Id, Tag = "fifth", Limit = 500 })).Items.Count.ShouldBe(10);
        (await snapshots.ListAsync(new()
        {
            Repository = place.Id,
            Since = Start.AddHours(10),
            Until = Start.AddHours(12),
        })).Items.Select(s => s.Id).ShouldBe([Id(11), Id(10)]);
        (await snapshots.ListAsync(new() { Repository = Guid.NewGuid() })).Items.ShouldBeEmpty();
        (await snapshots.HostsAsync(place.Id)).ShouldBe(["even", "odd"]);
        (await snapshots.TagsAsync(place.Id)).ShouldBe(["fifth"]);
        (await snapshots.DaysAsync(place.Id, null, new(2025, 1, 1), new(2025, 1, 31))).Values.Sum().ShouldBe(48);
        (await snapshots.GetAsync(place.Id, Id(7)[..8])).Id.ShouldBe(Id(7));
        (await Should.ThrowAsync<ProblemException>(() => snapshots.GetAsync(place.Id, "0"))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task A_folder_is_asked_for_once_and_an_unchanged_one_never_again()
    {
        rig.Write("data/sub/deep.txt");
        rig.Write("data/top.txt");
        var plan = await rig.PlanAsync(place, "plan", rig.In("data"));
        var first = await rig.BackupAsync(plan);
        await BrowseAsync(first.SnapshotId!, rig.In("data"), rig.In("data/sub"));
        rig.Agent.Asked.Clear();

        await BrowseAsync(first.SnapshotId!, rig.In("data"), rig.In("data/sub"));

        rig.Agent.Asked.ShouldBeEmpty();
        rig.Write("data/top.txt", "changed");
        var second = await rig.BackupAsync(plan);
        await BrowseAsync(second.SnapshotId!, rig.In("data"));
        rig.Agent.Asked.Clear();
        await BrowseAsync(second.SnapshotId!, rig.In("data/sub"));
        rig.Agent.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_finds_what_was_there_and_what_was_added_or_removed_elsewhere()
    {
        await AddAsync(3);
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file.txt"));
        var run = await rig.BackupAsync(plan);

        await rig.Get<SnapshotCatalog>().RefreshAsync(place.Id);
        await rig.RestartAsync();

        var only = (await rig.Get<SnapshotCatalog>().ListAsync(new() { Repository = place.Id })).Items.ShouldHaveSingleItem();
        (only.Id, only.RunId, only.PlanId, only.Tree?.Length).ShouldBe((run.SnapshotId, run.Id, plan.Id, 64));
        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).SnapshotCount.ShouldBe(1);
    }

    private async Task BrowseAsync(string snapshot, params string[] folders)
    {
        foreach (var folder in folders)
        {
            (await rig.Get<SnapshotBrowser>().FolderAsync(place.Id, snapshot, folder, null, 100,
                DeskRig.Admin)).Items.ShouldNotBeEmpty();
        }
    }

    // What the overview, the repository's page and the restore page ask for.
    private async Task<(int Items, string[] Asked)> OpenAsync()
    {
        rig.Agent.Asked.Clear();
        await rig.Get<StatusBoard>().GetAsync();
        await rig.Get<RepositoryCatalog>().ListAsync();
        await rig.Get<RepositoryCatalog>().GetAsync(place.Id);
        var page = await snapshots.ListAsync(new() { Repository = place.Id });
        await snapshots.DaysAsync(place.Id, null, new(2025, 1, 1), new(2025, 1, 31));
        return (page.Items.Count, [.. rig.Agent.Asked.Where(q => q != "DescribeMachine")]);
    }

    private static string Id(int n) => n.ToString("x8", CultureInfo.InvariantCulture).PadRight(64, 'f');

    private Task AddAsync(int count, BackupPlan? plan = null) => rig.Get<AuditLog>().TouchAsync(db =>
    {
        db.Snapshots.AddRange(Enumerable.Range(0, count).Select(n => new Snapshot
        {
            RepositoryId = place.Id,
            Id = Id(n),
            Time = Start.AddHours(n),
            Host = n % 2 == 0 ? "even" : "odd",
            Paths = ["/a"],
            Tags = n % 5 == 0 ? ["fifth", $"tlrun:{n}"] : [],
            PlanId = plan?.Id,
        }));
        return Task.CompletedTask;
    });
}
