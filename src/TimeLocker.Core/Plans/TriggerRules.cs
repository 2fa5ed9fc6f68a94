using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Core.Plans;

/// <summary>What a plan's triggers may look like, and when one may start something. Pure.</summary>
public static class TriggerRules
{
    public const int Most = 20;

    private static readonly TimeSpan Farthest = TimeSpan.FromDays(15);

    /// <summary>
    /// The triggers as they are kept: known kinds, checked values, what each last started carried over from before.
    /// </summary>
    /// <param name="known">Everything that can start a plan of this machine.</param>
    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public static List<PlanTrigger> Checked(IReadOnlyList<PlanTrigger> wanted, IReadOnlyList<PlanTrigger> before,
        IReadOnlyList<IExtension> known)
    {
        if (wanted.Count > Most)
        {
            throw ProblemException.Invalid(Problems.PlanEventsMostRemove(wanted.Count, Most));
        }

        var kept = wanted.Select(trigger => Checked(trigger, before, known)).ToList();
        return kept.GroupBy(t => t.Key).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw ProblemException.Invalid(
                Problems.EventInPlanTwice(known.FirstOrDefault(k => k.Kind == twice.First().Kind)?.Title
                    ?? twice.First().Kind))
            : kept;
    }

    /// <summary>
    /// When a trigger may start: not soon after its last start, not while the plan is paused, not outside its hours.
    /// </summary>
    /// <param name="local">The machine's zone, for plans without a schedule.</param>
    /// <returns>Now, a later moment (the end of time: when somebody ends the pause), or null: its hours never come.</returns>
    public static DateTimeOffset? MayStart(BackupPlan plan, PlanTrigger trigger, DateTimeOffset now, TimeZoneInfo local)
    {
        var at = Latest(now, trigger.Last?.StartedAt.AddMinutes(trigger.PauseMinutes), plan.PausedUntil);
        var rules = SlotRules.Of(plan, local);
        if (at >= now + Farthest || rules.Allows(at))
        {
            return at;
        }

        var minute = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));
        for (var next = minute.AddMinutes(1); next < at + Farthest; next = next.AddMinutes(1))
        {
            if (rules.Allows(next))
            {
                return next;
            }
        }

        return null;
    }

    private static DateTimeOffset Latest(params DateTimeOffset?[] moments) => moments.Max()!.Value;

    private static PlanTrigger Checked(PlanTrigger trigger, IReadOnlyList<PlanTrigger> before, IReadOnlyList<IExtension> known)
    {
        // What came with a plugin that is away stays in its plan, and says there what is missing.
        if (trigger.Values is not null && known.All(k => k.Kind != trigger.Kind)
            && before.FirstOrDefault(old => old.Key == trigger.Key) is { } stays)
        {
            return stays;
        }

        var kind = Find(trigger.Kind, known);
        if (trigger.PauseMinutes is < 0 or > PlanTrigger.LongestPause)
        {
            throw ProblemException.Invalid(Problems.CannotRestLongBetween(kind.Title, PlanTrigger.LongestPause,
                PlanTrigger.UsualPause));
        }

        if (!Enum.IsDefined(trigger.Action))
        {
            throw ProblemException.Invalid(Problems.ActionNotKnownEvent);
        }

        var cleaned =
            trigger with
            {
                Values = new FieldValues(trigger.Values
                ?? new Dictionary<string, string>()).Checked(kind).All,
                Last = null
            };
        return cleaned with { Last = before.FirstOrDefault(old => old.Key == cleaned.Key)?.Last };
    }

    private static IExtension Find(string kind, IReadOnlyList<IExtension> known) => known.FirstOrDefault(k => k.Kind == kind)
        ?? throw ProblemException.Invalid(Problems.NoEventEventsChoose(kind, string.Join(", ", known.Select(k => k.Kind))));
}
