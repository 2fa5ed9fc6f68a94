using TimeLocker.Core;
using TimeLocker.Core.Plans;

namespace TimeLocker.Server.Plans;

public sealed partial class PlanCatalog
{
    private static readonly DateTimeOffset UntilResumed = DateTimeOffset.MaxValue;

    /// <summary>A plan came, changed or went: something else may be due now. Raised after it is written.</summary>
    public event Action? Changed;

    internal void TellChanged() => Changed?.Invoke();

    /// <summary>Nothing of this plan begins by itself until then; by hand it can be run.</summary>
    /// <param name="until">Null: until somebody resumes it.</param>
    public async Task<BackupPlan> PauseAsync(Guid id, DateTimeOffset? until, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (until <= clock.GetUtcNow())
        {
            throw ProblemException.Invalid("The plan cannot be paused until then.", "This moment is over.", "Choose a later one.");
        }

        var plan = await audit.ChangeAsync(who, "plan.paused", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            plan.PausedUntil = until?.ToUniversalTime() ?? UntilResumed;
            note.About("plan", id, new { until = plan.PausedUntil });
            return plan;
        }, ct);
        TellChanged();
        return plan;
    }

    public async Task<BackupPlan> ResumeAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var plan = await audit.ChangeAsync(who, "plan.resumed", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            plan.PausedUntil = null;
            note.About("plan", id);
            return plan;
        }, ct);
        TellChanged();
        return plan;
    }

    // A new schedule looks ahead only: what it would have meant yesterday was not missed.
    private void Schedule(BackupPlan plan, NewPlan wanted)
    {
        var schedules = ScheduleRules.Schedules(wanted.Schedules);
        if (!schedules.SequenceEqual(plan.Schedules))
        {
            plan.ScheduledUntil = clock.GetUtcNow();
        }

        (plan.Schedules, plan.Windows, plan.TargetHours) = (schedules, ScheduleRules.Windows(wanted.Windows), ScheduleRules.Target(wanted.TargetHours));
    }
}
