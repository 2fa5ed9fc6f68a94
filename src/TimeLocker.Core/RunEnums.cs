using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core;

// “Unreadable” is never written: it is what a damaged row reads as.
/// <summary>What a run does.</summary>
public enum RunKind { Backup, Restore, Check, Prune, Unlock, Repair, Copy, Stats, Forget, Tag, Recover, Unreadable }

/// <summary>How far a run is.</summary>
public enum RunState { Queued, Starting, Running, Finishing, Ended }

/// <summary>How a run ended. Success needs exit code 0, a valid summary and (for backups) a snapshot id.</summary>
public enum RunOutcome { Succeeded, Incomplete, Failed, Cancelled, Interrupted, Missed, Skipped, Unreadable }

/// <summary>Who or what started a run.</summary>
public enum RunCause { Person, Api, Schedule, Trigger, CatchUp, Retry, Unreadable }

/// <summary>
/// Incremental reads what changed; Full reads every file again; Partial takes some of the sources; DryRun writes
/// nothing.
/// </summary>
public enum BackupMode { Incremental, Full, Partial, DryRun }

/// <summary>What a restore does with a file that is there already.</summary>
public enum OverwriteMode { Never, IfChanged, IfNewer, Always }

/// <summary>
/// Metadata: structure only. Part: also a part of the stored data, the next of the rolling round. Full: all of it.
/// </summary>
public enum CheckDepth { Metadata, Part, Full }

/// <summary>
/// Index: build it anew from what is stored. Packs: save what damaged pack files still hold. Snapshots: take lost files
/// out of the snapshots.
/// </summary>
public enum RepairStep { Index, Packs, Snapshots }
