using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Runs;

/// <summary>What the badge of a run shows.</summary>
public static class RunStatus
{
    public static StatusKind Of(Run run) => run.State switch
    {
        RunState.Queued => StatusKind.Queued,
        RunState.Ended => run is { DryRun: true, Outcome: RunOutcome.Succeeded } ? StatusKind.DryRun : Of(run.Outcome),
        _ => StatusKind.Running,
    };

    public static StatusKind Of(RunOutcome? outcome) => outcome switch
    {
        RunOutcome.Succeeded => StatusKind.Safe,
        RunOutcome.Incomplete => StatusKind.Warning,
        RunOutcome.Missed or RunOutcome.Skipped => StatusKind.Missed,
        RunOutcome.Cancelled => StatusKind.Cancelled,
        null => StatusKind.Unproven,
        _ => StatusKind.Failed,
    };

    /// <summary>The word for an outcome itself, where a run is meant and not the safety of a plan.</summary>
    public static Text Text(Run run)
    {
        var word = run.State == RunState.Ended ? run.Outcome.ToString()! : run.State.ToString();
        return run.DryRun ? Texts.DryRunState(word) : Texts.State(word);
    }

    public static Text Text(RunOutcome outcome) => Texts.State(outcome.ToString());
}
