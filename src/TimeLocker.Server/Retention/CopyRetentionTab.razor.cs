using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Retention;

/// <summary>What stays in a copy, with what that means today for each plan while it is being typed.</summary>
public partial class CopyRetentionTab
{
    private IReadOnlyList<PolicyUse> policies = [];
    private IReadOnlyList<BackupPlan> plans = [];
    private BackupPlan? plan;
    private RetentionPreview? shown;
    private PolicyDraft draft = PolicyDraft.Of(PolicyTemplate.Usual.Policy);
    private Problem? problem;
    private Kind kind;
    private Guid? policyId;
    private int seen;
    private bool busy, changed, read;

    private enum Kind { Same, Named, Own, All }

    [Inject] private RetentionDesk Desk { get; set; } = default!;
    [Inject] private PolicyCatalog Policies { get; set; } = default!;
    [Inject] private RepositoryCatalog Repositories { get; set; } = default!;
    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;
    [Parameter, EditorRequired] public Repository Place { get; set; } = default!;

    /// <summary>The copy was saved: read it again.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    private bool MayEdit => Who.Is(Role.Admin);
    private Guid? SourceId => Place.CopyOfId;

    protected override bool Concerns(Run run) => run.HasEnded && run.RepositoryId == Place.Id && run.Request.ChangesSnapshots();

    protected override Task OnMilestoneAsync(Run run) => changed ? TryAsync() : ReadAsync();

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        policies = await Policies.ListAsync(Gone);
        plans = [.. (await Plans.ListAsync(Gone)).Where(p => p.RepositoryId == SourceId)];
        plan = plans.FirstOrDefault(p => p.Id == plan?.Id) ?? (plans is [var first, ..] ? first : null);
        (policyId, changed, problem, seen) = (Place.Keeps?.PolicyId, false, null, Place.Revision);
        kind = Place.Keeps is not { } keeps ? Kind.Same : keeps.PolicyId is not null ? Kind.Named
            : keeps.Policy is not null ? Kind.Own : Kind.All;
        draft = PolicyDraft.Of(Place.Keeps?.Policy ?? PolicyTemplate.Usual.Policy);
        shown = plan is null ? null : await Desk.PreviewAsync(plan.Id, null, Place.Id, Gone);
        read = true;
    }

    private Task KindAsync(Kind next)
    {
        kind = next;
        policyId = next == Kind.Named ? policyId ?? policies[0].Id : null;
        return TryAsync();
    }

    private Task ChooseAsync(ChangeEventArgs e)
    {
        policyId = Guid.TryParse(e.Value?.ToString(), out var id) ? id : policyId;
        return TryAsync();
    }

    private async Task PlanAsync(ChangeEventArgs e)
    {
        plan = plans.FirstOrDefault(p => p.Id.ToString() == e.Value?.ToString()) ?? plan;
        await ShowAsync();
    }

    private Task TryAsync()
    {
        changed = true;
        return ShowAsync();
    }

    private async Task ShowAsync()
    {
        if (plan is not { } one)
        {
            return;
        }

        var wanted = kind switch
        {
            Kind.Own => draft.Wanted,
            Kind.Named => Named(policyId),
            Kind.Same => one.PolicyId is { } id ? Named(id) : one.Retention,
            _ => null,
        };
        problem = await Attempt.ProblemOf(async () => shown = !changed ? await Desk.PreviewAsync(one.Id, null, Place.Id, Gone)
            : wanted is not null ? await Desk.PreviewAsync(one.Id, wanted, Place.Id, Gone)
            : await Desk.PreviewAllAsync(one.Id, Place.Id, Gone));
    }

    private RetentionPolicy? Named(Guid? id) => policies.FirstOrDefault(p => p.Id == id)?.Policy;

    private async Task SaveAsync()
    {
        busy = true;
        problem = await Attempt.ProblemOf(async () => Place = await Desk.SetCopyAsync(Place.Id,
            new()
            {
                Policy = kind == Kind.Own ? draft.Wanted : null,
                PolicyId = kind == Kind.Named ? policyId : null,
                Everything = kind == Kind.All,
            },
            Who.Having(seen)));
        busy = false;
        if (problem is null)
        {
            await ReadAsync();
            await Changed.InvokeAsync();
        }
    }

    private Task MergeAsync(IReadOnlySet<string> giveWay)
    {
        seen = problem!.Meanwhile!.Revision;
        return giveWay.Count > 0 ? ReloadAsync() : SaveAsync();
    }

    private async Task ReloadAsync()
    {
        Place = await Repositories.GetAsync(Place.Id, Gone);
        await ReadAsync();
        await Changed.InvokeAsync();
    }
}
