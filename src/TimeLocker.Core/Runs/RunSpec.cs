using System.Text.Json.Serialization;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>One job for a machine, complete in itself. The same run id never starts twice.</summary>
[JsonDerivedType(typeof(BackupSpec), "backup")]
[JsonDerivedType(typeof(RestoreSpec), "restore")]
[JsonDerivedType(typeof(CheckSpec), "check")]
[JsonDerivedType(typeof(PruneSpec), "prune")]
[JsonDerivedType(typeof(UnlockSpec), "unlock")]
[JsonDerivedType(typeof(RepairSpec), "repair")]
[JsonDerivedType(typeof(CopySpec), "copy")]
[JsonDerivedType(typeof(StatsSpec), "stats")]
[JsonDerivedType(typeof(ForgetSpec), "forget")]
[JsonDerivedType(typeof(TagSpec), "tag")]
public abstract record RunSpec
{
    public required Guid RunId { get; init; }
    public required ResticTarget Target { get; init; }

    public ResourceRules Resources { get; init; } = ResourceRules.None;

    /// <summary>How long the last run of this kind took, for kinds of which restic tells no remainder; null: unknown.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>The tag that lets the repository itself say whether a run had finished.</summary>
    public string Tag => TagOf(RunId);

    public static string TagOf(Guid runId) => $"{Snapshots.OwnTags.Run}{runId:N}";
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

    /// <summary>Files that the last snapshot of the plan has; 0: unknown, or <see cref="BackupRequest.EvenIfShrunk"/>.</summary>
    public long ExpectedFiles { get; init; }

    /// <summary>Its sources as earlier backups found them; none for <see cref="BackupRequest.EvenIfShrunk"/>.</summary>
    public IReadOnlyList<SourceFound> Before { get; init; } = [];

    /// <summary>See <see cref="BackupRequest"/>.</summary>
    public bool EvenIfShrunk { get; init; }

    /// <summary>When the last snapshot of the plan was made: a clock that is before it is wrong.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>For hooks and people.</summary>
    public string PlanName { get; init; } = "";
    public string RepositoryName { get; init; } = "";

    /// <summary>Saved instead of <see cref="Sources"/>.</summary>
    public CommandSource? Command { get; init; }
    public IReadOnlyList<Hook> Hooks { get; init; } = [];

    /// <summary>Only for runs that nobody asked for by hand.</summary>
    public RunConditions Conditions { get; init; } = RunConditions.None;
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

    /// <summary>What the snapshot says that it was made of; in place, the tree has to agree.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Places that hold something of another kind than the snapshot, and may be replaced all the same (<see cref="RestoreClash"/>).</summary>
    public IReadOnlyList<string> Replace { get; init; } = [];

    /// <summary>A new folder has to lie in one of these; empty: anywhere.</summary>
    public IReadOnlyList<string> Within { get; init; } = [];

    /// <summary>Whether the new folder may lie in one of <see cref="SystemFolders"/>.</summary>
    public bool MayEnterSystem { get; init; }

    public static Problem Outside(string folder, IReadOnlyList<string> within) =>
        new("It may not be restored there.",
            $"An Operator may restore into {within.AsNames()} alone; {folder.AsName()} lies elsewhere.",
            "Choose a new folder there, or ask an Admin.");
}

/// <param name="Depth">See <see cref="CheckRequest"/>.</param>
public sealed record CheckSpec(CheckDepth Depth, int Part) : RunSpec;

public sealed record PruneSpec(int? MaxUnused, long? MaxRepackMiB, bool DryRun) : RunSpec;

public sealed record UnlockSpec : RunSpec;

public sealed record RepairSpec(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunSpec;

/// <param name="From">Where the snapshots come from; <see cref="RunSpec.Target"/> is where they go.</param>
public sealed record CopySpec(ResticTarget From) : RunSpec
{
    /// <summary>Full ids of what is copied; empty: nothing is missing there. Null: all.</summary>
    public IReadOnlyList<string>? Snapshots { get; init; }
}

public sealed record StatsSpec : RunSpec;

public sealed record ForgetSpec(IReadOnlyList<string> Snapshots, bool DryRun) : RunSpec;

public sealed record TagSpec(IReadOnlyList<string> Snapshots, IReadOnlyList<string> Add, IReadOnlyList<string> Remove) : RunSpec;
