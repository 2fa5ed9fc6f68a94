using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Server.Runs;

/// <summary>What is said of a run, whatever its kind.</summary>
public static class RunText
{
    /// <summary>Who or what started it.</summary>
    public static Text Cause(Run run) => Texts.CauseOfRun(run.Cause.ToString());

    /// <summary>Files and bytes that it read or wrote; null: it counts none, or nothing came of it.</summary>
    public static (long Files, long Bytes)? Moved(Run run) =>
        run is { Result: { } result, DryRun: false } ? run.Request.Moved(result) : null;

    /// <summary>When it happened; a slot that never ran, when it should have.</summary>
    public static DateTimeOffset At(Run run) =>
        run is { Outcome: RunOutcome.Missed or RunOutcome.Skipped, Slot: { } slot } ? slot
            : run.StartedAt ?? run.QueuedAt;

    public static TimeSpan? Took(Run run) => run is { StartedAt: { } from, EndedAt: { } until } ? until - from : null;
}
