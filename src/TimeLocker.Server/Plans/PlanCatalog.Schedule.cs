using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Server.Plans;

public sealed partial class PlanCatalog
{
    /// <summary>When a plan runs by itself, and nothing else of it.</summary>
    /// <param name="windows">Null: as before.</param>
    /// <param name="targetHours">Null: as before; 0: none.</param>
    public Task<BackupPlan> ScheduleAsync(Guid id, IReadOnlyList<Schedule> schedules, PlanWindows? windows,
        int? targetHours, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return ToldAsync(audit.ChangeAsync(who, "plan.changed", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            Schedule(plan, schedules, windows ?? plan.Options.Windows, targetHours switch
            {
                null => plan.TargetHours,
                0 => null,
                _ => targetHours
            });
            Seen(plan);
            note.About("plan", id);
            return plan;
        }, ct));
    }

    /// <summary>Nothing of this plan begins by itself until then; by hand it can be run.</summary>
    /// <param name="until">Null: until somebody resumes it.</param>
    public Task<BackupPlan> PauseAsync(Guid id, DateTimeOffset? until, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (until <= clock.GetUtcNow())
        {
            throw ProblemException.Invalid(Problems.PlanCannotPausedUntil);
        }

        return ToldAsync(audit.ChangeAsync(who, "plan.paused", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            plan.PausedUntil = until?.ToUniversalTime() ?? PauseEnd.UntilResumed;
            note.About("plan", id);
            return plan;
        }, ct));
    }

    public Task<BackupPlan> ResumeAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return ToldAsync(audit.ChangeAsync(who, "plan.resumed", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            plan.PausedUntil = null;
            note.About("plan", id);
            return plan;
        }, ct));
    }

    // A copy rests only until somebody has saved it.
    private static void Seen(BackupPlan plan) =>
        plan.PausedUntil = plan.PausedUntil == PauseEnd.UntilSeen ? null : plan.PausedUntil;

    // A new schedule looks ahead only: what it would have meant yesterday was not missed.
    private void Schedule(BackupPlan plan, IReadOnlyList<Schedule> wanted, PlanWindows windows, int? targetHours)
    {
        var schedules = ScheduleRules.Schedules(wanted);
        if (!schedules.SequenceEqual(plan.Schedules))
        {
            plan.ScheduledUntil = clock.GetUtcNow();
        }

        (plan.Schedules, plan.TargetHours) = (schedules, ScheduleRules.Target(targetHours));
        plan.Options = plan.Options with { Windows = ScheduleRules.Windows(windows) };
    }
}
