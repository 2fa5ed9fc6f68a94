using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Plans;

/// <summary>
/// Whether the system's timer of a plan still does what the plan says. TimeLocker cannot see the timer itself: it knows
/// what was written into it. Pure.
/// </summary>
public static class TimerTrouble
{
    /// <summary>What has to be put right on the machine; null: nothing.</summary>
    public static Problem? Of(BackupPlan plan) => plan.Timer is not { } timer ? null
        : plan.ArchivedAt is not null ? Problems.TimerMachineStillRings(When(timer.Rings), plan.Name, Remove(plan))
        : plan.Schedules.Count == 0 ? Problems.TimerMachineStillRingsRun(When(timer.Rings), plan.Name, Remove(plan))
        : IsOutOfDate(plan, timer)
        ? Problems.TimerMachineStillRingsRunAgain(When(timer.Rings), plan.Name, Listed(plan.Schedules),
            Install(plan, timer))
        : null;

    /// <summary>Not wrong, but good to know: a pause of the plan does not stop the timer.</summary>
    public static Text? Hint(BackupPlan plan, DateTimeOffset now) =>
        plan is { Timer: not null, ArchivedAt: null } && plan.PausedUntil > now ? Texts.TimerCallsWhilePaused : null;

    /// <summary>Writes the timer anew, of the same kind.</summary>
    public static string Install(BackupPlan plan, SystemTimer? timer) =>
        $"timelocker timers install {plan.Id}{(timer switch { { Kind: TimerKind.Cron } => " --kind cron", { System: true } => " --system", _ => "" })}";

    public static string Remove(BackupPlan plan) => $"timelocker timers remove {plan.Id}";

    // The order of lines in a unit means nothing.
    private static bool IsOutOfDate(BackupPlan plan, SystemTimer timer) =>
        timer.Rings.Count > 0 && !timer.Rings.ToHashSet().SetEquals(plan.Schedules);

    private static Text When(IReadOnlyList<Schedule> rings) => rings.Count == 0 ? Text.Empty : Texts.RingsAt(Listed(rings));

    private static Text Listed(IReadOnlyList<Schedule> schedules) =>
        schedules.Select(Say).Aggregate((all, next) => Texts.MoreSchedules(all, next));

    private static Text Say(Schedule schedule) => schedule.DelayMinutes == 0 ? SchedulePreset.SayWithin(schedule)
        : Texts.WithDelay(SchedulePreset.SayWithin(schedule), schedule.DelayMinutes);
}
