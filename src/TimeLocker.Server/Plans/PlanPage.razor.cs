using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Plans;

public partial class PlanPage
{
    private BackupPlan? plan;
    private Repository? place;
    private Machine? machine;
    private Page<Run> runs = new([], null);
    private IReadOnlyList<PlanDay> days = [];
    private bool archiving;

    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [Inject] private RepositoryCatalog Repositories { get; set; } = default!;
    [Inject] private AgentRegistry Agents { get; set; } = default!;
    [Inject] private RunHistory History { get; set; } = default!;
    [Inject] private NavigationManager Nav { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;

    [Parameter] public Guid Id { get; set; }
    [SupplyParameterFromQuery(Name = "tab")] private string? TabName { get; set; }
    [SupplyParameterFromQuery] private Guid? After { get; set; }

    private string Tab => TabName is "what" or "when" or "where" or "keep" or "hooks" or "runs" ? TabName : "status";

    private Run? Live => Feed.Active
        .Where(r => r.PlanId == Id && r.Kind == RunKind.Backup && !IsLater(r))
        .OrderByDescending(r => r.IsBackup)
        .FirstOrDefault()?.For(Who);

    // A try that waits keeps nobody from running the plan now.
    private static bool IsLater(Run run) => run is { State: RunState.Queued, Cause: RunCause.Retry, NotBefore: not null };

    protected override bool Concerns(Run run) =>
        run.PlanId == Id && (run.HasEnded || run.State is RunState.Queued or RunState.Starting or RunState.Running);

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override Task OnMilestoneAsync(Run run) => ReadAsync();

    private async Task ReadAsync()
    {
        plan = await Plans.GetAsync(Id, Gone);
        place ??= await Repositories.GetAsync(plan.RepositoryId, Gone);
        machine ??= await Agents.GetAsync(plan.MachineId, Gone);
        days = [.. (await Plans.DayHistoryAsync([Id], 30, Gone))[Id]];
        runs = await History.ListAsync(new() { Plan = Id, After = After, Limit = Tab == "runs" ? 50 : 12 }, Who, Gone);
    }

    private async Task DuplicateAsync() => Nav.NavigateTo($"plans/{(await Plans.DuplicateAsync(Id, null, Who)).Id}/edit");

    private async Task ArchiveAsync()
    {
        await Plans.ArchiveAsync(Id, Who);
        Nav.NavigateTo("plans");
    }
}
