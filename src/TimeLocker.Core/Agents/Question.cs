using System.Text.Json.Serialization;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Core.Agents;

/// <summary>Something that a machine is asked.</summary>
[JsonDerivedType(typeof(DescribeMachine), "describe-machine")]
[JsonDerivedType(typeof(TestRepository), "test-repository")]
[JsonDerivedType(typeof(CreateRepository), "create-repository")]
[JsonDerivedType(typeof(ListKeys), "list-keys")]
[JsonDerivedType(typeof(AddKey), "add-key")]
[JsonDerivedType(typeof(RemoveKey), "remove-key")]
[JsonDerivedType(typeof(ListLocks), "list-locks")]
[JsonDerivedType(typeof(ReadHostKeys), "read-host-keys")]
[JsonDerivedType(typeof(CleanUp), "clean-up")]
[JsonDerivedType(typeof(ListSnapshots), "list-snapshots")]
[JsonDerivedType(typeof(ReadTree), "read-tree")]
[JsonDerivedType(typeof(ListHooks), "list-hooks")]
[JsonDerivedType(typeof(ListFolder), "list-folder")]
[JsonDerivedType(typeof(UnusableSources), "unusable-sources")]
[JsonDerivedType(typeof(MeasureFolder), "measure-folder")]
[JsonDerivedType(typeof(ListTriggers), "list-triggers")]
[JsonDerivedType(typeof(WatchTrigger), "watch-trigger")]
public abstract record Question;

public abstract record Question<TAnswer> : Question;

/// <summary>A question of which the answer may be long: it comes part by part, and nobody has to hold all of it.</summary>
public abstract record StreamQuestion<TPart> : Question;

public sealed record DescribeMachine : Question<MachineFacts>;

/// <summary>Reaches a repository with its password, without a lock; gives up after 20 s.</summary>
public sealed record TestRepository(ResticTarget Target) : Question<RepositoryFacts>
{
    /// <summary>What is or would be saved there; see <see cref="RepositoryFacts.SameDisk"/>.</summary>
    public IReadOnlyList<string> Saved { get; init; } = [];
}

/// <summary>restic init; refused where anything already is.</summary>
/// <param name="From">The repository that this becomes a copy of: its chunker parameters are taken over, so that data
/// is not stored twice.</param>
public sealed record CreateRepository(ResticTarget Target, ResticTarget? From = null) : Question<RepositoryFacts>;

public sealed record ListKeys(ResticTarget Target) : Question<IReadOnlyList<RepositoryKey>>;

/// <summary>restic key add. Answers with the new key's id.</summary>
public sealed record AddKey(ResticTarget Target, Secret Password, string User, string Host) : Question<string>;

/// <summary>restic key remove; the key in use is refused.</summary>
public sealed record RemoveKey(ResticTarget Target, string KeyId) : Question<bool>;

public sealed record ListLocks(ResticTarget Target) : Question<IReadOnlyList<RepositoryLock>>;

/// <summary>The host keys of an SSH server, over the network and unproven: a person compares them.</summary>
public sealed record ReadHostKeys(string Host, int Port) : Question<IReadOnlyList<HostKey>>;

/// <summary>Removes what nobody needs any more from the agent's own folders.</summary>
/// <param name="Repositories">restic ids of the repositories that are still known: caches of others go.</param>
/// <param name="LiveRuns">Runs that have not ended: their folders stay.</param>
/// <param name="LogsBefore">Folders of runs that ended before go.</param>
/// <param name="CacheLimit">Bytes of restic cache that may stay, the least lately used go first; 0: no limit.</param>
/// <param name="Restores">Folders of interrupted restores that a person chose to remove.</param>
public sealed record CleanUp(IReadOnlyList<string> Repositories, IReadOnlyList<Guid> LiveRuns,
    DateTimeOffset LogsBefore, long CacheLimit, IReadOnlyList<string> Restores, bool DryRun)
    : Question<IReadOnlyList<Freed>>
{
    /// <summary>When the first of those that have not ended was queued: what was used since then stays, too.</summary>
    public DateTimeOffset? LiveSince { get; init; }
}

/// <summary>All snapshots, without a lock. Their RepositoryId is empty: the desk fills it in.</summary>
public sealed record ListSnapshots(ResticTarget Target) : StreamQuestion<Snapshot>;

/// <summary>A folder of a snapshot, by tree id where it is known, else by path; null: there is no such folder.</summary>
public sealed record ReadTree(ResticTarget Target, string SnapshotId, string Path, string? TreeId) : Question<SnapshotTree?>;

/// <summary>The files of the machine's hook directory.</summary>
public sealed record ListHooks : Question<HookFolder>;

/// <summary>A folder of the machine itself, for the folder picker.</summary>
public sealed record ListFolder(string Path) : Question<MachineFolder>;

/// <summary>
/// Those of these sources that can never be saved, each with the reason: pipes, sockets, devices, links in a circle.
/// </summary>
public sealed record UnusableSources(IReadOnlyList<string> Sources) : Question<IReadOnlyList<Runs.RunIssue>>;

/// <summary>Files and bytes below a folder of the machine; stops counting after two seconds.</summary>
public sealed record MeasureFolder(string Path) : Question<FolderSize>;

/// <summary>What of this machine can start a plan.</summary>
public sealed record ListTriggers : Question<IReadOnlyList<TriggerKind>>;

/// <summary>
/// An event's firings, until the reading ends. What a firing holds back (a shutdown) is held until the next one is
/// asked for.
/// </summary>
/// <param name="Values">Of the fields that <see cref="ListTriggers"/> gives for it.</param>
public sealed record WatchTrigger(string Kind, IReadOnlyDictionary<string, string> Values) : StreamQuestion<Firing>;
