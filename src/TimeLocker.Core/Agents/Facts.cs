namespace TimeLocker.Core.Agents;

/// <param name="Host">The system's host name.</param>
/// <param name="ResticVersion">Null: no usable restic; <paramref name="Trouble"/> says why.</param>
public sealed record MachineFacts(string Host, string System, string Home, string? ResticVersion, string? ResticPath, Problem? Trouble);

public enum RepositoryState { Ready, Missing, Refused }

/// <summary>What a test of a repository found. Missing: nothing is there and one could be made; Refused: see the problem.</summary>
/// <param name="StoredBytes">Only where it can be seen without restic.</param>
public sealed record RepositoryFacts(RepositoryState State, string? ResticId, string? ConfigHash, long? StoredBytes, long? FreeBytes, Problem? Problem);

/// <param name="Parent">Null for the root.</param>
public sealed record MachineFolder(string Path, string? Parent, IReadOnlyList<MachineEntry> Entries, Problem? Problem);

/// <param name="Size">Bytes of a file; 0 for a folder (ask with MeasureFolder).</param>
public sealed record MachineEntry(string Name, string Path, bool IsFolder, long Size, bool Readable);

/// <param name="Complete">False: counting was stopped, there is more.</param>
public sealed record FolderSize(long Files, long Bytes, bool Complete);
