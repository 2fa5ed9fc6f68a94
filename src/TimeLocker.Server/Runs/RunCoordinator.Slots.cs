using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>What begins by itself: the slots of a plan, and the wait of a run that is not to begin yet.</summary>
public sealed partial class RunCoordinator
{
    /// <summary>A watermark so far in the future was written under a wrong clock; a smaller step back is waited for.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(24);

    internal static bool IsAhead(DateTimeOffset decidedUntil, DateTimeOffset now) => decidedUntil - now > Ahead;

    /// <summary>From where on slots are still open.</summary>
    internal static DateTimeOffset Since(DateTimeOffset decidedUntil, DateTimeOffset now) => DueSlots.Since(IsAhead(decidedUntil, now) ? now : decidedUntil, now);

    /// <summary>Decides all slots of a plan up to now: the newest runs, or each says why it does not.</summary>
    internal async Task DecideAsync(Guid planId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var runs = await recorder.DecideAsync(planId, now, (plan, busy, known) =>
        {
            var rules = SlotRules.Of(plan, clock.LocalTimeZone);
            var due = DueSlots.Decide(rules, rules.Slots(Since(plan.ScheduledUntil, now), now).Where(slot => !known.Contains(slot.At)), now, busy);
            return [.. Left(due.Left, now, (slot, id) => Answer(plan, RunCause.Schedule, slot, null, id)), .. due.Run is { } run ? (Run[])[Answer(plan, run.Cause, run.At, run.NotBefore, null)] : []];
        }, ct);
        Begin(runs);
    }

    private void Begin(IReadOnlyList<Run> runs)
    {
        foreach (var run in runs)
        {
            if (run.HasEnded)
            {
                feed.Publish(run);
            }
            else
            {
                Drive(run);
            }
        }
    }

    // Their ids are in the order of their slots, before that of the run: lists are sorted by id.
    private static IEnumerable<Run> Left(IReadOnlyList<LeftSlot> left, DateTimeOffset now, Func<DateTimeOffset, Guid, Run> make) => left.Select((slot, at) =>
    {
        var run = make(slot.At, Guid.CreateVersion7(now.AddMilliseconds(at - left.Count)));
        run.Apply(new RunEnded(slot.Outcome, null, null, slot.Why) { At = now });
        return run;
    });

    private Run Answer(BackupPlan plan, RunCause cause, DateTimeOffset slot, DateTimeOffset? notBefore, Guid? id) =>
        NewBackup(plan, new BackupRequest(BackupMode.Incremental, []), cause, Actor.System, slot, notBefore, id);

    // Whoever waits is in nobody's way: it stands in the queue only when its time has come.
    private bool IsEarly(Run run) => run is { NotBefore: { } begin, State: RunState.Queued } && begin > clock.GetUtcNow();

    private async Task WaitAsync(Run run, CancellationToken ct)
    {
        if (IsEarly(run) && run.NotBefore is { } begin)
        {
            feed.Waits(run, $"Begins {Words(begin)}{(run.Attempt > 0 ? ": another try." : run.Cause == RunCause.CatchUp ? ": to make up for a missed time." : ".")}");
            await alarm.UntilAsync(begin, ct);
        }
    }

    private string Words(DateTimeOffset at)
    {
        var (then, today) = (TimeZoneInfo.ConvertTime(at, clock.LocalTimeZone), TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone).Date);
        return then.ToString(then.Date == today ? "'at' HH:mm" : "'on' d MMMM 'at' HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }
}
