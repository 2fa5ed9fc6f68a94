using System.Text.Json.Serialization;

namespace TimeLocker.Core.Runs;

/// <summary>What somebody asked for. Stored with the run before anything starts.</summary>
[JsonDerivedType(typeof(BackupRequest), "backup")]
[JsonDerivedType(typeof(RestoreRequest), "restore")]
[JsonDerivedType(typeof(CheckRequest), "check")]
[JsonDerivedType(typeof(PruneRequest), "prune")]
[JsonDerivedType(typeof(UnlockRequest), "unlock")]
[JsonDerivedType(typeof(RepairRequest), "repair")]
[JsonDerivedType(typeof(CopyRequest), "copy")]
[JsonDerivedType(typeof(StatsRequest), "stats")]
[JsonDerivedType(typeof(ForgetRequest), "forget")]
[JsonDerivedType(typeof(TagRequest), "tag")]
[JsonDerivedType(typeof(UnreadableRequest), "unreadable")]
public abstract record RunRequest;

/// <summary>A backup was asked for.</summary>
/// <param name="Paths">For a partial backup: the sources to take. Empty: all.</param>
public sealed record BackupRequest(BackupMode Mode, IReadOnlyList<string> Paths) : RunRequest
{
    /// <summary>A person has seen that sources lost more than half of their files, and wants it all the same.</summary>
    public bool EvenIfShrunk { get; init; }

    /// <summary>Beside those of the plan.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What happened, for a run that a trigger started.</summary>
    public Sentence? Why { get; init; }
}

/// <summary>A restore was asked for.</summary>
/// <param name="Folder">The new folder, or null for in place.</param>
public sealed record RestoreRequest(
    string SnapshotId, IReadOnlyList<string> Paths, string? Folder, OverwriteMode Overwrite, bool Verify, bool DryRun)
    : RunRequest
{
    /// <summary>See <see cref="RestoreSpec"/>.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
    public IReadOnlyList<string> Replace { get; init; } = [];
    public IReadOnlyList<string> Within { get; init; } = [];
    public bool MayEnterSystem { get; init; }
}

/// <summary>A check was asked for.</summary>
/// <param name="Part">Which part of the stored data, for <see cref="CheckDepth.Part"/>; 1 … <see cref="Repositories.Coverage.Parts"/>.</param>
public sealed record CheckRequest(CheckDepth Depth, int Part = 0) : RunRequest;

/// <summary>Freeing space was asked for.</summary>
/// <param name="MaxUnused">Share of unused data that may stay, percent; null: restic's own choice.</param>
/// <param name="MaxRepackMiB">At most so much is downloaded and stored anew; null: no limit.</param>
public sealed record PruneRequest(int? MaxUnused, long? MaxRepackMiB, bool DryRun) : RunRequest;

/// <summary>Removes locks of programs that are gone; never a live one.</summary>
public sealed record UnlockRequest : RunRequest;

/// <summary>A step of a repair was asked for.</summary>
/// <param name="Packs">The damaged pack files, for <see cref="RepairStep.Packs"/>.</param>
public sealed record RepairRequest(RepairStep Step, IReadOnlyList<string> Packs, bool DryRun) : RunRequest;

/// <summary>A copy from another repository was asked for.</summary>
/// <param name="From">The repository whose snapshots are copied; the run is on the copy.</param>
public sealed record CopyRequest(Guid From) : RunRequest;

/// <summary>Measuring the repository was asked for.</summary>
public sealed record StatsRequest : RunRequest;

/// <summary>The removal of snapshots was asked for.</summary>
/// <param name="Snapshots">Full ids.</param>
/// <param name="DryRun">restic says what it would remove, and removes nothing.</param>
public sealed record ForgetRequest(IReadOnlyList<string> Snapshots, bool DryRun) : RunRequest;

/// <summary>Changes tags. Each snapshot gets a new id; its <c>original</c> stays.</summary>
/// <param name="Snapshots">Full ids.</param>
public sealed record TagRequest(IReadOnlyList<string> Snapshots, IReadOnlyList<string> Add, IReadOnlyList<string> Remove) : RunRequest;

/// <summary>What a damaged row reads as; never written, never begun.</summary>
public sealed record UnreadableRequest : RunRequest;
