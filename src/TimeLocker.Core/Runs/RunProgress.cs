namespace TimeLocker.Core.Runs;

/// <summary>Where a run is. Replaced as a whole, kept in memory, written to the database only at a run's milestones.</summary>
public sealed record RunProgress
{
    public static RunProgress None { get; } = new();

    public long FilesDone { get; init; }
    public long FilesTotal { get; init; }
    public long BytesDone { get; init; }
    public long BytesTotal { get; init; }

    /// <summary>
    /// 0 to 1 of the run, or of its <see cref="Phase"/>; never goes back within it. Null while restic still counts what
    /// there is.
    /// </summary>
    public double? Fraction { get; init; }

    public long BytesPerSecond { get; init; }
    public long? SecondsRemaining { get; init; }
    public long Errors { get; init; }
    public IReadOnlyList<string> CurrentFiles { get; init; } = [];

    /// <summary>What restic does now, in its own words, where it counts no bytes ("check snapshots, trees and blobs").</summary>
    public Text? Phase { get; init; }

    /// <summary>Where there is something to say: "waiting for …", "the server does not answer, retrying".</summary>
    public Text? Note { get; init; }
}

/// <summary>restic's summary of a run, backup and restore in one. Bytes and counts; zero where it does not apply.</summary>
public sealed record RunResult
{
    public long FilesNew { get; init; }
    public long FilesChanged { get; init; }
    public long FilesUnmodified { get; init; }
    public long DirsNew { get; init; }
    public long DirsChanged { get; init; }
    public long DirsUnmodified { get; init; }
    public long FilesTotal { get; init; }
    public long BytesTotal { get; init; }

    /// <summary>New data before and after compression.</summary>
    public long BytesAdded { get; init; }
    public long BytesStored { get; init; }

    /// <summary>A backup's sources; empty for runs of older versions.</summary>
    public IReadOnlyList<SourceFound> Sources { get; init; } = [];

    /// <summary>
    /// It holds much less than the backup before, and nobody has said that this is right: it is no good backup, and
    /// nothing is removed after it.
    /// </summary>
    public bool Shrunk { get; init; }

    /// <summary>
    /// Files that the next backup is compared with: those of this one, or where it shrank those of the one before.
    /// </summary>
    public long Measure { get; init; }

    public long FilesRestored { get; init; }
    public long BytesRestored { get; init; }
    public long FilesSkipped { get; init; }
    public bool Verified { get; init; }

    /// <summary>A dry run: the figures say what would have been done.</summary>
    public bool DryRun { get; init; }

    /// <summary>The restored folder on the machine.</summary>
    public string? Folder { get; init; }

    /// <summary>When restic began to read, to the nanosecond of restic's clock as .NET keeps it (100 ns).</summary>
    public DateTimeOffset? SnapshotAt { get; init; }

    /// <summary>Restored files that deserve a look: setuid, setgid, devices.</summary>
    public IReadOnlyList<Text> Notable { get; init; } = [];

    /// <summary>
    /// Places of an in-place restore that hold something of another kind than the snapshot, the first
    /// <see cref="RestoreClash.Most"/>.
    /// </summary>
    public IReadOnlyList<RestoreClash> Clashes { get; init; } = [];

    /// <summary>What a run for the repository's maintenance found or did; null for backups and restores.</summary>
    [StoredAs("Health")]
    public MaintenanceResult? Maintenance { get; init; }

    /// <summary>Old id → new id of snapshots whose tags were changed; ids that are gone (a forget) map to "".</summary>
    public IReadOnlyDictionary<string, string> Changed { get; init; } = new Dictionary<string, string>();
}

/// <summary>The outcome of a check, prune, unlock, repair, copy or stats. Zero and empty where it does not apply.</summary>
public sealed record MaintenanceResult
{
    public long Errors { get; init; }

    /// <summary>Packs: ids of damaged or missing ones (a check), or of those that are out of the repository now (a repair).
    /// Snapshots: ids, or their first 8 digits, of those that need such packs, were changed by a repair, or copied.</summary>
    public IReadOnlyList<string> Packs { get; init; } = [];
    public IReadOnlyList<string> Snapshots { get; init; } = [];
    public bool IndexDamaged { get; init; }
    public bool SuggestsPrune { get; init; }

    public long BytesFreed { get; init; }
    public long BytesRepacked { get; init; }
    public long BytesUnused { get; init; }
    public int LocksRemoved { get; init; }

    public long BytesStored { get; init; }
    public long BytesUncompressed { get; init; }
    public long Blobs { get; init; }

    /// <summary>What restic said that a person should read, at most 40 lines.</summary>
    public IReadOnlyList<Text> Report { get; init; } = [];
}

/// <summary>A file or folder that a run could not read or write.</summary>
public sealed record RunIssue(string Path, Text Message)
{
    /// <summary>The message without the path: what issues are grouped by ("permission denied").</summary>
    public Text Cause => Message.Key.Length > 0 ? Message.Arguments.FirstOrDefault(a => a.Name == "cause").Value.Text ?? Message
        : Message.Full.LastIndexOf(": ", StringComparison.Ordinal) is >= 0 and var at
        ? Text.Verbatim(Message.Full[(at + 2)..].AsForeign())
        : Message;
}
