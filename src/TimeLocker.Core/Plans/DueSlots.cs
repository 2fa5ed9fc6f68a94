using System.Globalization;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Plans;

/// <summary>A slot that never ran: missed or skipped.</summary>
public sealed record SkippedSlot(DateTimeOffset At, RunOutcome Outcome, Problem Why);

/// <summary>
/// What is decided of everything that was due: at most one run, the rest left out with a reason. Each slot is in it
/// once. Pure.
/// </summary>
/// <param name="Run">The newest slot, if it may run.</param>
/// <param name="Left">Oldest first. Of very many, the older ones are one entry that says how many they were.</param>
public sealed record DueSlots(RunSlot? Run, IReadOnlyList<SkippedSlot> Left)
{
    /// <summary>Later than this is too late for a schedule: it is caught up.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>Looked back at most so far, and so many slots have an entry of their own.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366);
    private const int MostLeft = 100;
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(24);

    /// <param name="slots">Those that are not decided yet, up to and with <paramref name="now"/>.</param>
    /// <param name="busy">A run that answers an earlier slot (or that a person began) has not ended.</param>
    public static DueSlots Decide(SlotRules rules, IEnumerable<PlannedSlot> slots, DateTimeOffset now, bool busy)
    {
        List<SkippedSlot> left = [];
        List<PlannedSlot> candidates = [];
        foreach (var slot in slots)
        {
            if (rules.PausedUntil > slot.At)
            {
                left.Add(new(slot.At, RunOutcome.Skipped, Problems.SlotLeftOutPlan));
            }
            else if (!rules.Allows(slot.At) && rules.Opening(slot.At) is null)
            {
                left.Add(new(slot.At, RunOutcome.Skipped, Problems.SlotLeftOutOutside));
            }
            else
            {
                candidates.Add(slot);
            }
        }

        if (candidates is not [.. var older, var newest])
        {
            return new(null, Bounded(left));
        }

        left.AddRange(older.Select(slot => new SkippedSlot(slot.At, RunOutcome.Missed,
            Problems.SlotMissedTimelockerNot(rules.Say(newest.At)))));
        var run = busy ? null : rules.Begin(newest, now);
        if (run is null)
        {
            left.Add(busy ? new(newest.At, RunOutcome.Skipped, Problems.SlotLeftOutRun)
                : new(newest.At, RunOutcome.Missed, Problems.SlotMissedTimelockerNotRun));
        }

        return new(run, Bounded(left));
    }

    /// <summary>
    /// The rows of all that was decided: as if what is left out had been queued in the order of the slots, before the
    /// run.
    /// </summary>
    /// <param name="make">The row for a slot, queued at this moment.</param>
    public IEnumerable<Run> Runs(DateTimeOffset now, Func<RunSlot, DateTimeOffset, Run> make)
    {
        foreach (var (slot, at) in Left.Select((slot, at) => (slot, at)))
        {
            var run = make(new(slot.At, RunCause.Schedule, null), now.AddTicks(at - Left.Count));
            run.Apply(new RunEnded(slot.Outcome, null, null, slot.Why) { At = now });
            yield return run;
        }

        if (Run is { } begins)
        {
            yield return make(begins, now);
        }
    }

    /// <summary>
    /// Whether a watermark is so far in the future that it was written under a wrong clock; a smaller step back is
    /// waited for.
    /// </summary>
    public static bool IsAhead(DateTimeOffset decidedUntil, DateTimeOffset now) => decidedUntil - now > Ahead;

    /// <summary>From where on slots are still open.</summary>
    public static DateTimeOffset Open(DateTimeOffset decidedUntil, DateTimeOffset now) =>
        Since(IsAhead(decidedUntil, now) ? now : decidedUntil, now);

    /// <summary>From where to look: slots of years ago help nobody.</summary>
    public static DateTimeOffset Since(DateTimeOffset decidedUntil, DateTimeOffset now) => Max(decidedUntil, now - Horizon);

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static List<SkippedSlot> Bounded(List<SkippedSlot> left)
    {
        left.Sort((a, b) => a.At.CompareTo(b.At));
        if (left.Count <= MostLeft)
        {
            return left;
        }

        var old = left[..^(MostLeft - 1)];
        var sum = new SkippedSlot(old[^1].At, RunOutcome.Missed,
            Problems.SlotsMissedOrLeft(old.Count.ToString(CultureInfo.InvariantCulture),
                old[0].At.UtcDateTime.ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture),
                old[^1].At.UtcDateTime.ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture)));
        return [sum, .. left[^(MostLeft - 1)..]];
    }
}
