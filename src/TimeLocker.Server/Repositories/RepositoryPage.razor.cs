using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Snapshots;
using TimeLocker.Server.UI;

namespace TimeLocker.Server.Repositories;

public partial class RepositoryPage
{
    private Repository? place;
    private Page<Snapshot> snapshots = new([], null);
    private IReadOnlyList<BackupPlan> plans = [];
    private Problem? problem;
    private string name = "";
    private bool renaming, removing, busy;

    [Inject] private RepositoryCatalog Repositories { get; set; } = default!;
    [Inject] private SnapshotCatalog Snapshots { get; set; } = default!;
    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [Inject] private NavigationManager Nav { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;

    [Parameter] public Guid Id { get; set; }
    [SupplyParameterFromQuery] private string? After { get; set; }

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
        busy = true;
        await Snapshots.RefreshAsync(Id, Who, Gone);
        await ReadAsync();
        busy = false;
    }

    private void BeginRename() => (name, renaming, problem) = (place!.Name, true, null);

    private async Task RenameAsync()
    {
        problem = await Attempt.ProblemOf(() => Repositories.UpdateAsync(Id, new() { Name = name }, Who));
        renaming = problem is not null;
        await ReadAsync();
    }

    private async Task RemoveAsync()
    {
        await Repositories.RemoveAsync(Id, Who);
        Nav.NavigateTo("repositories");
    }
}
