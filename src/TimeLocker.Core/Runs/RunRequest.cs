using System.Text.Json.Serialization;

namespace TimeLocker.Core.Runs;

/// <summary>What somebody asked for. Stored with the run before anything starts.</summary>
[JsonDerivedType(typeof(BackupRequest), "backup")]
[JsonDerivedType(typeof(RestoreRequest), "restore")]
public abstract record RunRequest;

/// <param name="Paths">For a partial backup: the sources to take. Empty: all.</param>
public sealed record BackupRequest(BackupMode Mode, IReadOnlyList<string> Paths) : RunRequest;

/// <param name="Folder">The new folder, or null for in place.</param>
public sealed record RestoreRequest(string SnapshotId, IReadOnlyList<string> Paths, string? Folder, OverwriteMode Overwrite, bool Verify, bool DryRun) : RunRequest;
