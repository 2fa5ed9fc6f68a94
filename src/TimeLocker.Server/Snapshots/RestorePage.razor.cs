using System.Globalization;
using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Snapshots;

/// <summary>
/// All of its state but the selection is in the address, so every step can be linked, and the back button walks them.
/// </summary>
public partial class RestorePage
{
    private IReadOnlyList<Repository> places = [];
    private IReadOnlyList<BackupPlan> plans = [];
    private IReadOnlyList<string> hosts = [], tags = [];
    private IReadOnlyDictionary<DateOnly, int> days = new Dictionary<DateOnly, int>();
    private IReadOnlyList<Snapshot> moments = [];
    private Page<Snapshot> list = new([], null);
    private Repository? place;
    private IReadOnlyList<Machine> machines = [];
    private Machine? machine;
    private Snapshot? chosen;
    private Problem? problem;
    private PathSelection selection = new();
    private HashSet<string> files = [];
    private DateTime wantedMoment;

    [Inject] private RepositoryCatalog Repositories { get; set; } = default!;
    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [Inject] private SnapshotCatalog Snapshots { get; set; } = default!;
    [Inject] private SnapshotBrowser Browser { get; set; } = default!;
    [Inject] private AgentRegistry Agents { get; set; } = default!;
    [Inject] private NavigationManager Nav { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;
    [CascadingParameter] private UserClock Clock { get; set; } = default!;

    [SupplyParameterFromQuery] private Guid? repository { get; set; }
    [SupplyParameterFromQuery] private Guid? plan { get; set; }
    [SupplyParameterFromQuery] private string? host { get; set; }
    [SupplyParameterFromQuery] private string? tag { get; set; }
    [SupplyParameterFromQuery] private string? month { get; set; }
    [SupplyParameterFromQuery] private string? day { get; set; }
    [SupplyParameterFromQuery] private string? snapshot { get; set; }
    [SupplyParameterFromQuery] private string? path { get; set; }
    [SupplyParameterFromQuery] private Guid? to { get; set; }
    [SupplyParameterFromQuery] private string? after { get; set; }

    private DateOnly? Day =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var it) ? it
            : chosen is null ? null : Clock.DayOf(chosen.Time);

    private DateOnly Month =>
        DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var it) ? it
        : MomentPicker.FirstOf(Day ?? (place?.NewestSnapshotAt is { } newest ? Clock.DayOf(newest) : Clock.Today));

    // A snapshot opens where its files begin, not at the root of the disk.
    private string Folder => path ?? chosen?.Paths switch
    {
        [var one] => one,
        [_, ..] many => Above(many),
        _ => "/",
    };

    protected override bool Concerns(Run run) =>
        run.HasEnded && run.RepositoryId == place?.Id && (run.IsBackup || run.Request.ChangesSnapshots());

    protected override Task OnMilestoneAsync(Run run) => ReadAsync();

    protected override Task OnParametersSetAsync() => ReadAsync();

    private async Task ReadAsync()
    {
        places = await Repositories.ListAsync(Gone);
        place = places.FirstOrDefault(p => p.Id == repository) ?? places.MaxBy(p => p.NewestSnapshotAt);
        if (place is null)
        {
            return;
        }

        var before = chosen?.Id;
        problem = await Attempt.ProblemOf(async () => chosen = snapshot is { Length: > 0 }
            ? await Snapshots.GetAsync(place.Id, snapshot, Gone) : null);
        if (before != chosen?.Id)
        {
            (selection, files) = (new(), []);
        }

        machines = [.. (await Agents.ListAsync(Gone)).Where(m => place.IsReachedFrom(m.Id))];
        machine = machines.FirstOrDefault(m => m.Id == to) ?? machines.FirstOrDefault(m => m.Host == chosen?.Host)
            ?? machines.FirstOrDefault(m => m.Id == place.HomeId);
        plans = [.. (await Plans.ListAsync(Gone)).Where(p => p.RepositoryId == place.Id)];
        (hosts, tags) = (await Snapshots.HostsAsync(place.Id, Gone), await Snapshots.TagsAsync(place.Id, Gone));
        days = await Snapshots.DaysAsync(Filter(null, 0), Month, Month.AddMonths(1).AddDays(-1), Clock.Zone, Gone);
        moments = Day is { } today ? [.. (await Snapshots.ListAsync(Filter(today, 200), Gone)).Items.Reverse()] : [];
        list = chosen is null ? await Snapshots.ListAsync(Filter(Day, 50) with { After = after }, Gone) : new([], null);
        wantedMoment = Clock.Local(chosen?.Time ?? Clock.Now).DateTime;
    }

    private SnapshotFilter Filter(DateOnly? of, int limit) => new()
    {
        Repository = place!.Id,
        Plan = plan,
        Host = host,
        Tag = tag,
        Since = of is { } from ? Clock.At(from.ToDateTime(TimeOnly.MinValue)) : null,
        Until = of is { } until ? Clock.At(until.AddDays(1).ToDateTime(TimeOnly.MinValue)) : null,
        Limit = limit,
    };

    private async Task<FolderPage> LoadAsync(string folder, string? mark)
    {
        var part = await Browser.FolderAsync(place!.Id, chosen!.Id, folder, mark, 200, Who, Gone);
        files.UnionWith(part.Items.Where(i => i.Kind == EntryKind.File).Select(i => i.Path));
        return part;
    }

    private void Choose(Snapshot moment) => Go((nameof(snapshot), moment.Id[..12]), (nameof(path), path));

    private async Task GoToMoment()
    {
        var at = Clock.At(DateTime.SpecifyKind(wantedMoment, DateTimeKind.Unspecified));
        if ((await Snapshots.ListAsync(Filter(null, 1) with { Until = at.AddTicks(1) }, Gone)).Items is [var found, ..])
        {
            Go((nameof(snapshot), found.Id[..12]), (nameof(day), null), (nameof(month), null), (nameof(path), null));
            return;
        }

        problem = place!.RefreshedAt is null
            ? new(
                Texts.WhatSavedThenNot,
                Texts.ListSnapshotsBeingRead,
                Texts.TryAgainInMoment)
            : new(
                Texts.NothingSavedThen,
                Texts.OldestSnapshotChoiceYounger,
                Texts.ChooseLaterMomentOr);
    }

    private void Go(params (string Name, object? Value)[] changes) => Nav.NavigateTo(Url(changes));

    private string Url(params (string Name, object? Value)[] changes) =>
        Nav.GetUriWithQueryParameters(changes.ToDictionary(c => c.Name,
            c => c.Value?.ToString() is { Length: > 0 } text ? (object?)text : null));

    private static string Above(List<string> paths)
    {
        var common = paths[0].Split('/');
        foreach (var other in paths.Skip(1))
        {
            common = [.. common.Zip(other.Split('/')).TakeWhile(p => p.First == p.Second).Select(p => p.First)];
        }

        return common.Length <= 1 ? "/" : string.Join('/', common);
    }
}
