using Microsoft.AspNetCore.Components;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Triggers;

public sealed partial class TriggersCard
{
    private IReadOnlyList<TriggerState> states = [];
    private IReadOnlyList<TriggerKind> kinds = [];
    private IReadOnlyList<BackupPlan> plans = [];
    private FolderSource? folders;
    private Draft? editing;
    private Problem? problem;
    private bool busy;

    [Inject] private TriggerDesk Desk { get; set; } = default!;
    [Inject] private PlanCatalog Plans { get; set; } = default!;
    [Inject] private AgentRegistry Agents { get; set; } = default!;
    [CascadingParameter] private Actor Who { get; set; } = default!;

    [Parameter, EditorRequired] public BackupPlan Plan { get; set; } = default!;
    [Parameter] public EventCallback Changed { get; set; }

    private bool CanEdit => Plan.ArchivedAt is null && Who.Is(Role.Operator);

    protected override void OnInitialized() => Desk.Changed += OnChanged;

    protected override async Task OnParametersSetAsync()
    {
        plans = await Plans.ListAsync();
        kinds = Plan.Triggers.Count == 0 ? [] : await Desk.KindsAsync(Plan.MachineId);
        states = await Desk.OfAsync(Plan.Id);
    }

    public void Dispose() => Desk.Changed -= OnChanged;

    private void OnChanged(Guid plan)
    {
        if (plan == Plan.Id)
        {
            _ = InvokeAsync(async () =>
            {
                states = await Desk.OfAsync(Plan.Id);
                StateHasChanged();
            });
        }
    }

    private async Task Edit(PlanTrigger? trigger)
    {
        problem = null;
        problem = await Attempt.ProblemOf(async () =>
        {
            kinds = await Desk.KnownAsync(Plan.MachineId);
            folders ??= Agents.FoldersOf(await Agents.GetAsync(Plan.MachineId), Who);
            editing = trigger is null ? new(kinds[0]) : new(kinds.FirstOrDefault(k => k.Kind == trigger.Kind) ?? kinds[0])
            {
                Key = trigger.Key,
                Values = new(trigger.Values),
                Action = trigger.Action,
                Pause = trigger.PauseMinutes,
            };
        });
    }

    private void Choose(string? kind)
    {
        var (chosen, before) = (kinds.First(k => k.Kind == kind), editing!);
        editing = new(chosen) { Key = before.Key, Action = before.Action, Pause = before.Pause };
    }

    private Task SaveAsync() => WriteAsync(now => [.. now.Where(t => t.Key != editing!.Key), editing!.Wanted]);

    private Task RemoveAsync(PlanTrigger gone) => WriteAsync(now => [.. now.Where(t => t.Key != gone.Key)]);

    private async Task WriteAsync(Func<IReadOnlyList<PlanTrigger>, IReadOnlyList<PlanTrigger>> change)
    {
        busy = true;
        problem = await Attempt.ProblemOf(async () =>
        {
            var plan = await Plans.GetAsync(Plan.Id);
            await Plans.UpdateAsync(plan.Id, NewPlan.From(plan) with { Triggers = change(plan.Triggers) },
                Who.Having(plan.Revision));
            editing = null;
            await Changed.InvokeAsync();
        });
        busy = false;
        states = await Desk.OfAsync(Plan.Id);
    }

    private string Settings(PlanTrigger trigger) => string.Join(", ", trigger.Values.Where(v => v.Value.Length > 0)
        .Select(v => Field(trigger.Kind, v.Key) is not { } field ? v.Value
            : IsPlan(field) ? plans.FirstOrDefault(p => $"{p.Id}" == v.Value)?.Name ?? v.Value
            : field.Default == v.Value ? null : v.Value).OfType<string>());

    private Field? Field(string kind, string name) =>
        kinds.FirstOrDefault(k => k.Kind == kind)?.Fields.FirstOrDefault(f => f.Name == name);

    private static bool IsPlan(Field field) => field.Editor == FieldEditor.Plan;

    private static string Action(TriggerAction action) => action switch
    {
        TriggerAction.Check => "starts a check",
        TriggerAction.Retention => "starts retention",
        _ => "starts a backup",
    };

    private sealed class Draft(TriggerKind of)
    {
        public TriggerKind Of => of;
        public string Kind => of.Kind;

        /// <summary>Of the trigger that this replaces; null: a new one.</summary>
        public string? Key { get; init; }
        public Dictionary<string, string> Values { get; init; } = [];
        public TriggerAction Action { get; set; }
        public int Pause { get; set; } = PlanTrigger.UsualPause;

        public PlanTrigger Wanted => new(of.Kind, Values, Action) { PauseMinutes = Pause };
    }
}
