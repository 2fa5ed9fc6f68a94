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
        RestoreRequest { DryRun: true } => "Dry run of a restore",
        RestoreRequest { Folder: null } => "Restore in place",
        CheckRequest { Depth: CheckDepth.Full } => "Check of all data",
        CheckRequest { Depth: CheckDepth.Part } => "Check of a part of the data",
        CheckRequest => "Check",
        PruneRequest { DryRun: true } => "Dry run of a prune",
        PruneRequest => "Prune",
        UnlockRequest => "Unlock",
        RepairRequest { DryRun: true } => "Dry run of a repair",
        RepairRequest { Step: RepairStep.Index } => "Repair of the index",
        RepairRequest { Step: RepairStep.Packs } => "Repair of damaged packs",
        RepairRequest => "Repair of snapshots",
        CopyRequest => "Copy",
        StatsRequest => "Size",
        ForgetRequest { DryRun: true } => "Dry run of a removal",
        ForgetRequest => "Removal of snapshots",
        TagRequest => "Change of tags",
        _ => "Restore",
    };

    /// <summary>Who or what started it.</summary>
    public static string Cause(Run run) => run.Cause switch
    {
        RunCause.Person => "A person",
        RunCause.Api => "The command line or a program",
        RunCause.Schedule => "Its schedule",
        RunCause.Trigger => "A trigger",
        RunCause.CatchUp => "Its schedule, to make up for a missed time",
        _ => "TimeLocker, as another try",
    };

    /// <summary>A kind of runs, as it is called where one is started.</summary>
    public static string Kind(RunKind kind) => kind switch
    {
        RunKind.Stats => "Size",
        RunKind.Forget => "Removal of snapshots",
        RunKind.Tag => "Change of tags",
        _ => kind.ToString(),
    };

    /// <summary>Whether it counts files and bytes; the others have phases.</summary>
    public static bool CountsFiles(Run run) => run.Kind is RunKind.Backup or RunKind.Restore;

    /// <summary>Files and bytes that it read or wrote; null: it counts none, or nothing came of it.</summary>
    public static (long Files, long Bytes)? Moved(Run run) => run is not { Result: { } result, DryRun: false } || !CountsFiles(run) ? null
        : run.Kind == RunKind.Restore ? (result.FilesRestored, result.BytesRestored) : (result.FilesTotal, result.BytesAdded);

    /// <summary>When it happened; a slot that never ran, when it should have.</summary>
    public static DateTimeOffset At(Run run) => run is { Outcome: RunOutcome.Missed or RunOutcome.Skipped, Slot: { } slot } ? slot : run.StartedAt ?? run.QueuedAt;

    public static TimeSpan? Took(Run run) => run is { StartedAt: { } from, EndedAt: { } until } ? until - from : null;
}
