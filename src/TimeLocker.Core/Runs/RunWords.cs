namespace TimeLocker.Core.Runs;

public enum RunKind { Backup, Restore }

public enum RunState { Queued, Starting, Running, Finishing, Ended }

/// <summary>How a run ended. Success needs exit code 0, a valid summary and (for backups) a snapshot id.</summary>
public enum RunOutcome { Succeeded, Incomplete, Failed, Cancelled, Interrupted, Missed, Skipped }

public enum RunCause { Person, Api, Schedule, Trigger, CatchUp, Retry }

/// <summary>Incremental reads what changed; Full reads every file again; Partial takes some of the sources; DryRun writes nothing.</summary>
public enum BackupMode { Incremental, Full, Partial, DryRun }

public enum OverwriteMode { Never, IfChanged, IfNewer, Always }
