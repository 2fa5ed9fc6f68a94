using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>One job for a machine, complete in itself. The same run id never starts twice.</summary>
public abstract record RunSpec
{
    public required Guid RunId { get; init; }
    public required ResticTarget Target { get; init; }

    /// <summary>The tag that lets the repository itself say whether a run had finished.</summary>
    public string Tag => TagOf(RunId);

    public static string TagOf(Guid runId) => $"tlrun:{runId:N}";
}

public sealed record BackupSpec : RunSpec
{
    /// <summary>restic's host name for the machine; always given, so that it does not move with the system's.</summary>
    public required string Host { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Patterns with the presets expanded.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];
    public IReadOnlyList<string> ExcludeIfPresent { get; init; } = [];
    public bool ExcludeCaches { get; init; }
    public bool OneFileSystem { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Compression Compression { get; init; }
    public BackupMode Mode { get; init; }

    /// <summary>Bytes that the last run of the plan added; what the free-space check expects at least. 0: unknown.</summary>
    public long ExpectedBytes { get; init; }
}

public sealed record RestoreSpec : RunSpec
{
    /// <summary>The full snapshot id, 64 hex digits.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>Absolute paths in the snapshot; empty: everything. An unreadable byte of a name is U+FFFD, as restic prints it.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The new folder; null: in place, where the files came from.</summary>
    public string? Folder { get; init; }

    public OverwriteMode Overwrite { get; init; }
    public bool Verify { get; init; }

    /// <summary>Say what would happen (new, replaced, unchanged) and write nothing.</summary>
    public bool DryRun { get; init; }
}
