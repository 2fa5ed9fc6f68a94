using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Core.Agents;

public abstract record Question<TAnswer>;

public sealed record DescribeMachine : Question<MachineFacts>;

/// <summary>Reaches a repository with its password, without a lock; gives up after 20 s.</summary>
public sealed record TestRepository(ResticTarget Target) : Question<RepositoryFacts>;

/// <summary>restic init. The one question that writes; refused where anything already is.</summary>
public sealed record CreateRepository(ResticTarget Target) : Question<RepositoryFacts>;

/// <summary>All snapshots, without a lock. Their RepositoryId is empty: the desk fills it in.</summary>
public sealed record ListSnapshots(ResticTarget Target) : Question<IReadOnlyList<Snapshot>>;

/// <summary>A folder of a snapshot, by tree id where it is known, else by path; null: there is no such folder.</summary>
public sealed record ReadTree(ResticTarget Target, string SnapshotId, string Path, string? TreeId) : Question<SnapshotTree?>;

/// <summary>A folder of the machine itself, for the folder picker.</summary>
public sealed record ListFolder(string Path) : Question<MachineFolder>;

/// <summary>Files and bytes below a folder of the machine; stops counting after two seconds.</summary>
public sealed record MeasureFolder(string Path) : Question<FolderSize>;
