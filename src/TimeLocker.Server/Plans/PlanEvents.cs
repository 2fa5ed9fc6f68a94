using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Plans;

/// <summary>
/// The events of a plan as they may be kept: what the rules say, and that no two plans start each other for ever.
/// </summary>
internal static class PlanEvents
{
    public static async Task<List<PlanTrigger>> CheckedAsync(TimeLockerDb db, BackupPlan plan,
        IReadOnlyList<PlanTrigger> wanted, IReadOnlyList<IExtension> known, CancellationToken ct)
    {
        var triggers = TriggerRules.Checked(wanted, plan.Triggers, known);
        if (triggers.Count == 0 || Before(triggers, known).Count == 0)
        {
            return triggers;
        }

        var others = (await db.Plans.AsNoTracking().Where(p => p.ArchivedAt == null && p.Id != plan.Id)
            .ToListAsync(ct)).ToDictionary(p => p.Id);
        if (Before(triggers, known).FirstOrDefault(id => id != plan.Id && !others.ContainsKey(id)) is var gone
            && gone != Guid.Empty)
        {
            throw ProblemException.Invalid(Problems.EventNamesPlanNot);
        }

        // What comes before it, and before that: the plan itself must not be among them.
        var open = new Queue<Guid>(Before(triggers, known));
        var seen = new HashSet<Guid>();
        while (open.TryDequeue(out var id))
        {
            if (id == plan.Id)
            {
                throw ProblemException.Invalid(Problems.PlansWouldStartEach(plan.Name));
            }

            if (seen.Add(id) && others.TryGetValue(id, out var other))
            {
                Before(other.Triggers, known).ForEach(open.Enqueue);
            }
        }

        return triggers;
    }

    private static List<Guid> Before(IEnumerable<PlanTrigger> triggers, IReadOnlyList<IExtension> known) =>
        [.. triggers.Where(t => t.Action == TriggerAction.Backup).SelectMany(t => PlansIn(t, known)).Where(id => id != Guid.Empty)];

    private static IEnumerable<Guid> PlansIn(PlanTrigger trigger, IReadOnlyList<IExtension> known) =>
        from kind in known
        where kind.Kind == trigger.Kind
        from field in kind.Fields
        where field.Editor == FieldEditor.Plan
        select Guid.TryParse(trigger.Values.GetValueOrDefault(field.Name), out var id) ? id : Guid.Empty;
}
