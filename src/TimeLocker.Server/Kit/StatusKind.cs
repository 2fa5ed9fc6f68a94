using TimeLocker.Core;

namespace TimeLocker.Server.Kit;

/// <summary>How things stand, and what says nothing about that. Each has its own shape, colour and text.</summary>
public enum StatusKind { Safe, Saved, Running, Warning, Missed, Overdue, Failed, Paused, Queued, Unproven, Cancelled, DryRun }

public static class StatusText
{
    public static (string Css, string Icon, Text Text) Of(StatusKind kind) => kind switch
    {
        StatusKind.Safe => ("safe", "safe", Texts.Safe),
        StatusKind.Saved => ("saved", "check", Texts.BackedUp),
        StatusKind.Running => ("running", "running", Texts.Running),
        StatusKind.Warning => ("warning", "warning", Texts.Warning),
        StatusKind.Missed => ("missed", "missed", Texts.Missed),
        StatusKind.Overdue => ("overdue", "overdue", Texts.Overdue),
        StatusKind.Failed => ("failed", "failed", Texts.Failed),
        StatusKind.Paused => ("paused", "paused", Texts.Paused),
        StatusKind.Queued => ("queued", "queued", Texts.Queued),
        StatusKind.Cancelled => ("cancelled", "cancelled", Texts.Cancelled),
        StatusKind.DryRun => ("dryrun", "dryrun", Texts.DryRun),
        _ => ("unproven", "idle", Texts.ProvenYet),
    };
}
