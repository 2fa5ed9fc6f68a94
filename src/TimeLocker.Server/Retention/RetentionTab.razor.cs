using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Retention;

/// <summary>
/// What stays of a plan: its rules, what they mean today for each snapshot while they are being typed, and in the year
/// to come.
/// </summary>
public partial class RetentionTab
{
    private RetentionPreview? saved, shown;
    private IReadOnlyList<PolicyUse> policies = [];
    private IReadOnlyList<Pin> pins = [];
    private PolicyDraft draft = new();
    private Problem? problem;
    private Kind kind;
    private Guid? policyId;
    private int seen;
    private bool busy, changed;

    private enum Kind { All, Named, Own }

    [Inject] private RetentionDesk Desk { get; set; } = default!;
    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [Inject] private PolicyCatalog Policies { get; set; } = default!;
    [Inject] private PinCatalog PinList { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;
    [Parameter, EditorRequired] public BackupPlan Plan { get; set; } = default!;

    /// <summary>The plan was saved: read it again.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    private bool MayEdit => Who.Is(Role.Operator) && Plan.ArchivedAt is null;

    private bool NeedsAdmin => changed && kind != Kind.All && shown!.KeepsLess && !Who.Is(Role.Admin);

    protected override bool Concerns(Run run) =>
        run.HasEnded && run.RepositoryId == Plan.RepositoryId && (run.IsBackup || run.Request.ChangesSnapshots());

    protected override Task OnMilestoneAsync(Run run) => changed ? TryAsync() : ReadAsync();

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        policies = await Policies.ListAsync(Gone);
        seen = (await Plans.GetAsync(Plan.Id, Gone)).Revision; // before the rest: what comes in between is told
        saved = shown = await Desk.PreviewAsync(Plan.Id, null, ct: Gone);
        pins = [.. (await PinList.ListAsync(Plan.RepositoryId, null, Gone)).Where(p => p.PlanId == Plan.Id)];
        (policyId, changed, problem) = (saved.PolicyId, false, null);
        kind = saved.PolicyId is not null ? Kind.Named : saved.Policy is not null ? Kind.Own : Kind.All;
        draft = PolicyDraft.Of(saved.Policy ?? PolicyTemplate.Usual.Policy);
    }

    private async Task KindAsync(Kind next)
    {
        kind = next;
        policyId = next == Kind.Named ? policyId ?? (policies is [var first, ..] ? first.Id : null) : null;
        await TryAsync();
    }

    private async Task ChooseAsync(ChangeEventArgs e)
    {
        policyId = Guid.TryParse(e.Value?.ToString(), out var id) ? id : policyId;
        await TryAsync();
    }

    private async Task TemplateAsync(ChangeEventArgs e)
    {
        if (PolicyTemplate.All.FirstOrDefault(t => t.Name == e.Value?.ToString()) is { } template)
        {
            draft = PolicyDraft.Of(template.Policy);
            await TryAsync();
        }
    }

    private async Task TryAsync()
    {
        changed = true;
        var wanted = kind switch
        {
            Kind.Own => draft.Wanted,
            Kind.Named => policies.FirstOrDefault(p => p.Id == policyId)?.Policy,
            _ => null
        };
        problem = await Attempt.ProblemOf(async () => shown = wanted is not null
            ? await Desk.PreviewAsync(Plan.Id, wanted, ct: Gone) : await Desk.PreviewAllAsync(Plan.Id, ct: Gone));
    }

    private async Task SaveAsync()
    {
        busy = true;
        problem = await Attempt.ProblemOf(() => Desk.SetAsync(Plan.Id,
            new() { Policy = kind == Kind.Own ? draft.Wanted : null, PolicyId = kind == Kind.Named ? policyId : null },
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
        return giveWay.Count > 0 ? ReadAsync() : SaveAsync();
    }
}
