using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Snapshots;

namespace TimeLocker.Server.Repositories;

public partial class RepositoryPage
{
    private Repository? place;
    private Page<Snapshot> snapshots = new([], null);
    private IReadOnlyList<BackupPlan> plans = [];
    private Problem? problem;
    private string name = "", region = "";
    private Repository? read;
    private string? verdict;
    private IReadOnlyList<string> sameDisk = [];
    private bool renaming, removing;

    [Inject] private RepositoryCatalog Repositories { get; set; } = default!;
    [Inject] private RepositoryChanges Changes { get; set; } = default!;
    [Inject] private SnapshotCatalog Snapshots { get; set; } = default!;
    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [Inject] private NavigationManager Nav { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;

    [Parameter] public Guid Id { get; set; }
    [Parameter] public string? Tab { get; set; }
    [SupplyParameterFromQuery] private string? After { get; set; }

    private IReadOnlyList<(string, string)> Items =>
        [("maintenance", Texts.Maintenance), ("snapshots", Texts.Snapshots),
            .. place?.CopyOfId is null ? [] : ((string, string)[])[("keep", Texts.Keep)],
                .. Who.Is(Role.Admin) ? ((string, string)[])[("keys", Texts.Keys), ("connection", Texts.Connection)]
                    : [], ("limits", Texts.Limits)];

    private string Shown => Items.Any(i => i.Item1 == Tab) ? Tab! : Items[0].Item1;

    private string Kind => Repositories.Backends.FirstOrDefault(b => b.Kind == place!.Backend)?.Title ?? place!.Backend;

    protected override bool Concerns(Run run) => run.RepositoryId == Id && run.HasEnded;

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override Task OnMilestoneAsync(Run run) => ReadAsync();

    private async Task ReadAsync()
    {
        place = await Repositories.GetAsync(Id, Gone);
        snapshots = await Snapshots.ListAsync(new() { Repository = Id, After = After, Limit = 50 }, Gone);
        plans = [.. (await Plans.ListAsync(Gone)).Where(p => p.RepositoryId == Id)];
    }

    private async Task RefreshAsync()
    {
        await Snapshots.RefreshAsync(Id, Who, Gone);
        await ReadAsync();
    }

    private async Task TestAsync()
    {
        RepositoryFacts? facts = null;
        verdict = null;
        problem = await Attempt.ProblemOf(async () => facts = await Changes.TestAgainAsync(Id, Who, Gone)) ?? facts?.Problem;
        sameDisk = facts?.SameDisk ?? [];
        verdict = problem is null ? Texts.RepositoryReachedOpensPassword : null;
        await ReadAsync();
    }

    private void BeginRename() => (name, region, read, renaming, problem) = (place!.Name, place.Region, place, true, null);

    private async Task SaveAsync()
    {
        problem = await Attempt.ProblemOf(() => Changes.UpdateAsync(Id, new() { Name = name, Region = region },
            Who.Having(read!.Revision)));
        renaming = problem is not null;
        await ReadAsync();
    }

    private async Task MergeAsync(IReadOnlySet<string> giveWay)
    {
        if (place!.Revision == problem!.Meanwhile!.Revision) // else the next refusal tells the rest
        {
            var both = Merge.Of(Of(read!), Of(place), new() { Name = name, Region = region }, giveWay);
            (name, region, read) = (both.Name!, both.Region!, place);
        }

        await SaveAsync();
    }

    private static RepositoryChange Of(Repository repository) => new() { Name = repository.Name, Region = repository.Region };

    private async Task RemoveAsync()
    {
        await Repositories.RemoveAsync(Id, Who);
        Nav.NavigateTo("repositories");
    }
}
