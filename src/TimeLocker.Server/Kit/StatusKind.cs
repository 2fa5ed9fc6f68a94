namespace TimeLocker.Server.Kit;

/// <summary>How things stand, and what says nothing about that. Each has its own shape, colour and text.</summary>
public enum StatusKind { Safe, Saved, Running, Warning, Missed, Overdue, Failed, Paused, Queued, Unproven, Cancelled, DryRun }

public static class StatusText
{
    public static (string Css, string Icon, string Text) Of(StatusKind kind) => kind switch
    {
        StatusKind.Safe => ("safe", "safe", "Safe"),
        StatusKind.Saved => ("saved", "check", "Backed up"),
        StatusKind.Running => ("running", "running", "Running"),
        StatusKind.Warning => ("warning", "warning", "Warning"),
        StatusKind.Missed => ("missed", "missed", "Missed"),
        StatusKind.Overdue => ("overdue", "overdue", "Overdue"),
        StatusKind.Failed => ("failed", "failed", "Failed"),
        StatusKind.Paused => ("paused", "paused", "Paused"),
        StatusKind.Queued => ("queued", "queued", "Queued"),
        StatusKind.Cancelled => ("cancelled", "cancelled", "Cancelled"),
        StatusKind.DryRun => ("dryrun", "dryrun", "Dry run"),
        _ => ("unproven", "idle", "Not proven yet"),
    };
}
