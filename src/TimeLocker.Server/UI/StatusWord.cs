using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Overview;

namespace TimeLocker.Server.UI;

/// <summary>The words for how things stand, and for what says nothing about that. Each has its own shape, colour and text.</summary>
public enum StatusWord { Safe, Saved, Running, Warning, Missed, Overdue, Failed, Paused, Queued, Unproven, Cancelled, DryRun }

public static class StatusWords
{
    public static StatusWord Of(Run run) => run.State switch
    {
        RunState.Queued => StatusWord.Queued,
        RunState.Ended => run is { DryRun: true, Outcome: RunOutcome.Succeeded } ? StatusWord.DryRun : Of(run.Outcome),
        _ => StatusWord.Running,
    };

    public static StatusWord Of(RunOutcome? outcome) => outcome switch
    {
        RunOutcome.Succeeded => StatusWord.Safe,
        RunOutcome.Incomplete => StatusWord.Warning,
        RunOutcome.Missed or RunOutcome.Skipped => StatusWord.Missed,
        RunOutcome.Cancelled => StatusWord.Cancelled,
        null => StatusWord.Unproven,
        _ => StatusWord.Failed,
    };

    /// <summary>How a plan stands, whatever runs now.</summary>
    public static StatusWord Of(BackupPlan plan, Repository? place, DateTimeOffset now) => Of(StatusBoard.Proven(plan, place, now));

    public static StatusWord Of(Level level) => level switch
    {
        Level.Safe => StatusWord.Safe,
        Level.Saved => StatusWord.Saved,
        Level.Running => StatusWord.Running,
        Level.Warning => StatusWord.Warning,
        Level.Missed => StatusWord.Missed,
        Level.Overdue => StatusWord.Overdue,
        Level.Failed => StatusWord.Failed,
        _ => StatusWord.Unproven,
    };

    /// <summary>The word for an outcome itself, where a run is meant and not the safety of a plan.</summary>
    public static string Text(Run run)
    {
        var word = run.State == RunState.Ended ? run.Outcome.ToString()! : run.State.ToString();
        return !run.DryRun ? word : run.Outcome == RunOutcome.Succeeded ? "Dry run" : $"Dry run {word.ToLowerInvariant()}";
    }

    public static (string Css, string Icon, string Text) Looks(StatusWord word) => word switch
    {
        StatusWord.Safe => ("safe", "safe", "Safe"),
        StatusWord.Saved => ("saved", "check", "Backed up"),
        StatusWord.Running => ("running", "running", "Running"),
        StatusWord.Warning => ("warning", "warning", "Warning"),
        StatusWord.Missed => ("missed", "missed", "Missed"),
        StatusWord.Overdue => ("overdue", "overdue", "Overdue"),
        StatusWord.Failed => ("failed", "failed", "Failed"),
        StatusWord.Paused => ("paused", "paused", "Paused"),
        StatusWord.Queued => ("queued", "queued", "Queued"),
        StatusWord.Cancelled => ("cancelled", "cancelled", "Cancelled"),
        StatusWord.DryRun => ("dryrun", "dryrun", "Dry run"),
        _ => ("unproven", "idle", "Not proven yet"),
    };
}
