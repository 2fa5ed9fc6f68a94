using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Triggers;

/// <summary>What starts plans beside the time: which events there are, and what happens when one comes.</summary>
public sealed class TriggerDesk(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, AgentRegistry agents,
    BackupRuns backups, CheckRuns checks, RunFeed feed, IEnumerable<IEventTrigger> own, CallTrigger calls,
    IRetention retention, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(Guid Plan, string Key), TriggerState> states = new();

    // Written as started, and then the disk was full before the run was: still to be begun, whatever the rest says.
    private readonly ConcurrentDictionary<(Guid Plan, string Key), DateTimeOffset> owed = new();

    /// <summary>A trigger of this plan stands differently.</summary>
    public event Action<Guid>? Changed;

    /// <summary>Everything that can start something on a machine.</summary>
    /// <exception cref="ProblemException">The machine cannot be asked now.</exception>
    public async Task<IReadOnlyList<TriggerKind>> KnownAsync(Guid machine, CancellationToken ct = default) =>
        [.. await OfMachineAsync(machine, ct), .. Own];

    /// <summary>
    /// The same as far as it can be asked now; null: on all machines. Each may see an event of the same kind in its own
    /// way.
    /// </summary>
    public async Task<IReadOnlyList<TriggerKind>> KindsAsync(Guid? machine, CancellationToken ct = default)
    {
        List<TriggerKind> kinds = [];
        foreach (var one in machine is { } id ? [id] : agents.ConnectedIds)
        {
            try
            {
                kinds.AddRange(await OfMachineAsync(one, ct));
            }
            catch (ProblemException)
            {
                // What it sees is not known before it is back.
            }
        }

        return [.. kinds, .. Own];
    }

    public async Task<IReadOnlyList<TriggerState>> OfAsync(Guid planId, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId, ct) ?? throw Unknown();
        var kinds = plan.Triggers.Count == 0 ? [] : await KindsAsync(plan.MachineId, ct);
        return [.. plan.Triggers.Select(t => (states.GetValueOrDefault((planId, t.Key))
            ?? Unsaid(t)) with
            {
                Trigger = t,
                Title = kinds.FirstOrDefault(k => k.Kind == t.Kind)?.Title ?? Text.Verbatim(t.Kind),
            })];
    }

    /// <summary>Something outside says that it happened: starts what the plan's triggers of this kind start.</summary>
    /// <exception cref="ProblemException">of kind Conflict: the plan does not wait for this.</exception>
    public async Task<Fired> FireAsync(Guid planId, string kind, string why, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var reason = Reason(why);
        var plan = await PlanAsync(planId, ct) ?? throw Unknown();
        var waiting = plan.Triggers.Where(t => t.Kind == kind).ToList();
        if (waiting.Count == 0)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.DoesNotWaitNo(plan.Name, kind));
        }

        List<Run> begun = [];
        DateTimeOffset? held = null;
        foreach (var trigger in waiting)
        {
            var firing = new Firing(clock.GetUtcNow(), reason) { Later = true };
            var verdict = await TryAsync(planId, trigger.Key, firing, who, ct);
            begun.AddRange(verdict.Run is { } run ? [run] : []);
            if (verdict.Waits)
            {
                held = verdict.NotBefore ?? held;
                calls.Keep(planId, firing);
            }
        }

        return new(begun, held);
    }

    /// <param name="Run">What began.</param>
    /// <param name="NotBefore">It may not begin yet.</param>
    /// <param name="Behind">It may not begin while this run goes on.</param>
    internal sealed record Decision(Run? Run, DateTimeOffset? NotBefore = null, Guid? Behind = null)
    {
        public bool Waits => NotBefore is not null || Behind is not null;
    }

    /// <summary>An event came: begins what it starts, or says why not yet.</summary>
    internal async Task<Decision> TryAsync(Guid planId, string key, Firing firing, Actor who, CancellationToken ct)
    {
        if (await PlanAsync(planId, ct) is not { } plan || plan.Triggers.FirstOrDefault(t => t.Key == key) is not { } trigger)
        {
            return new(null);
        }

        var marked = owed.TryGetValue((planId, key), out var half) && half == firing.At;
        if (!marked && firing.At <= trigger.Last?.At)
        {
            return new(null);
        }

        var now = clock.GetUtcNow();
        var at = TriggerRules.MayStart(plan, marked ? trigger with { Last = null } : trigger, now, agents.ZoneOf(plan.MachineId));
        if (at is null || at > now)
        {
            Say(plan, trigger, s => firing.Later && at is not null
                ? s with
                {
                    StartsAt = PauseEnd.IsOpen(at) ? null : at,
                    Says = Texts.StartsLater(firing.Why, WhyNot(plan, trigger, now)),
                }
                : s with { Says = Texts.NothingStarted(firing.Why, WhyNot(plan, trigger, now)) });
            return new(null, firing.Later ? at : null);
        }

        if (Busy(plan, trigger) is { } going)
        {
            Say(plan, trigger, s => s with { Says = Text.Of([firing.Why, WhyNone(going, firing)]) });
            return new(null, Behind: firing.Later && going.State != RunState.Queued ? going.Id : null);
        }

        if (!marked)
        {
            await MarkAsync(plan.Id, trigger, firing, who, ct);
            owed[(planId, key)] = firing.At;
        }

        var run = await StartAsync(plan, trigger, firing, who, ct);
        owed.TryRemove((planId, key), out _);
        return new(run);
    }

    internal void Say(BackupPlan plan, PlanTrigger trigger, Func<TriggerState, TriggerState> change)
    {
        states.AddOrUpdate((plan.Id, trigger.Key), _ => change(Unsaid(trigger)), (_, now) => change(now));
        Changed?.Invoke(plan.Id);
    }

    internal void Forget(Guid plan, string key)
    {
        states.TryRemove((plan, key), out _);
        Changed?.Invoke(plan);
    }

    private Run? Busy(BackupPlan plan, PlanTrigger trigger) => trigger.Action switch
    {
        TriggerAction.Backup => feed.Active.FirstOrDefault(r => r.PlanId == plan.Id && r.IsBackup),
        TriggerAction.Check => feed.Active.FirstOrDefault(r => r.RepositoryId == plan.RepositoryId && r.Kind == RunKind.Check),
        _ => null,
    };

    private async Task<Run?> StartAsync(BackupPlan plan, PlanTrigger trigger, Firing firing, Actor who, CancellationToken ct)
    {
        Say(plan, trigger, s => s with { StartsAt = null, Says = null, Trouble = null });
        switch (trigger.Action)
        {
            case TriggerAction.Backup:
                return await backups.StartAsync(plan.Id, new() { Cause = RunCause.Trigger, Why = firing.Why }, who, ct);
            case TriggerAction.Check:
                return await checks.StartAsync(plan.RepositoryId,
                    new() { Depth = CheckDepth.Part, Cause = RunCause.Trigger }, who, ct);
            default:
                await retention.ApplyAsync(plan.Id, firing.Why, who, ct);
                return null;
        }
    }

    private Task MarkAsync(Guid planId, PlanTrigger trigger, Firing firing, Actor who, CancellationToken ct) =>
        audit.ChangeAsync(who, "plan.triggered", async (db, note) =>
    {
        var plan = await db.Plans.SingleAsync(p => p.Id == planId, ct);
        plan.Triggers = [.. plan.Triggers.Select(t => t.Key == trigger.Key
            ? t with { Last = new(firing.At, clock.GetUtcNow(), firing.Why) } : t)];
        note.About("plan", planId, new { trigger = trigger.Kind, action = trigger.Action.ToString() });
    }, ct);

    private async Task<BackupPlan?> PlanAsync(Guid id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.ArchivedAt == null, ct);
    }

    private static Text WhyNot(BackupPlan plan, PlanTrigger trigger, DateTimeOffset now) =>
        plan.PausedUntil > now ? plan.PausedBecause is null ? Texts.PausedPlan : Texts.PlanIsNewCopy
        : trigger.Last?.StartedAt.AddMinutes(trigger.PauseMinutes) > now ? Texts.StartedShortlyBefore(trigger.PauseMinutes)
        : Texts.OutsidePlanHours;

    private IEnumerable<TriggerKind> Own => own.Select(TriggerKind.Of);

    private async Task<IEnumerable<TriggerKind>> OfMachineAsync(Guid machine, CancellationToken ct) =>
        (await agents.Reach(machine).AskAsync(new ListTriggers(), ct)).Select(kind => kind with { MachineId = machine });

    private static TriggerState Unsaid(PlanTrigger trigger) => new(trigger, Text.Verbatim(trigger.Kind), false, null, null, null);

    private static Text WhyNone(Run going, Firing firing) => going.State == RunState.Queued ? Texts.RunWaitsAlreadyEnough
        : firing.Later ? Texts.StartsWhenRunGoes : Texts.NothingStartedRunGoes;

    private static Text Reason(string why)
    {
        var text = string.Concat((why ?? "").Where(c => !char.IsControl(c))).Trim();
        return text.Length == 0 ? Texts.Called : Text.Verbatim((text.Length <= 200 ? text : text[..200] + "…").AsForeign());
    }

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
}
