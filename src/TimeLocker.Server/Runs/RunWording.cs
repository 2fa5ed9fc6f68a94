using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>What kind of run it is, in words.</summary>
public static class RunWording
{
    public static string What(Run run) => run.Request switch
    {
        BackupRequest { Mode: BackupMode.Full } => "Full backup",
        BackupRequest { Mode: BackupMode.Partial } => "Partial backup",
        BackupRequest { Mode: BackupMode.DryRun } => "Dry run",
        BackupRequest => "Backup",
        RestoreRequest { DryRun: true } => "Restore preview",
        RestoreRequest { Folder: null } => "Restore in place",
        _ => "Restore",
    };

    public static string Cause(Run run) => run.Cause switch
    {
        RunCause.Person => "Started by a person",
        RunCause.Api => "Started by a program",
        RunCause.Schedule => "By its schedule",
        RunCause.Trigger => "By a trigger",
        RunCause.CatchUp => "Catching up a missed slot",
        _ => "Tried again",
    };

    public static TimeSpan? Took(Run run) => run is { StartedAt: { } from, EndedAt: { } until } ? until - from : null;
}
