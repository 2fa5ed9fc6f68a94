namespace TimeLocker.Core.Agents;

/// <summary>What a machine is and has.</summary>
/// <param name="Host">The system's host name.</param>
/// <param name="ResticVersion">Null: no usable restic; <paramref name="Trouble"/> says why.</param>
public sealed record MachineFacts(string Host, string System, string Home, string? ResticVersion, string? ResticPath,
    Problem? Trouble)
{
    /// <summary>Storages that this restic was built with, as <c>restic options</c> names them.</summary>
    public IReadOnlyList<string> Schemes { get; init; } = [];

    /// <summary>IANA name of the machine's time zone, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>Which of the programs that backends need are there ("ssh", "rclone").</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];
}

/// <summary>What is at a place.</summary>
public enum RepositoryState { Ready, Missing, Refused }

/// <summary>What a test of a repository found. Missing: nothing is there and one could be made; Refused: see the problem.</summary>
/// <param name="StoredBytes">Only where it can be seen without restic.</param>
public sealed record RepositoryFacts(RepositoryState State, string? ResticId, string? ConfigHash, long? StoredBytes,
    long? FreeBytes, Problem? Problem)
{
    public bool AppendOnly { get; init; }

    /// <summary>
    /// Those of the folders that were asked about which lie on the same disk as the repository, as far as that can be
    /// told.
    /// </summary>
    public IReadOnlyList<string> SameDisk { get; init; } = [];
}

/// <summary>A key that opens a repository. <paramref name="Current"/>: the one that TimeLocker's password opens.</summary>
public sealed record RepositoryKey(string Id, string User, string Host, DateTimeOffset CreatedAt, bool Current);

/// <summary>
/// A lock in a repository: who holds it, since when. <paramref name="Stale"/>: its program is gone, or it was not
/// renewed for half an hour.
/// </summary>
public sealed record RepositoryLock(string Id, string Host, string User, int Pid, DateTimeOffset At, bool Exclusive, bool Stale)
{
    /// <summary>restic renews its locks every five minutes, and takes one for abandoned after this time.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(30);
}

/// <summary>A host key of an SSH server, as <c>ssh-keyscan</c> prints it ("ssh-ed25519 AAAA…").</summary>
/// <param name="Fingerprint">SHA256:…</param>
public sealed record HostKey(string Key, string Fingerprint);

/// <summary>Something that was, or in a dry run would be, removed.</summary>
/// <param name="What">cache, temporary, log, restore.</param>
public sealed record Freed(string What, string Path, long Bytes);

/// <summary>The machine's hook directory, which only its admin can write to.</summary>
/// <param name="Problem">Why none of it can be used, or null.</param>
public sealed record HookFolder(string Path, IReadOnlyList<HookFile> Files, Problem? Problem);

/// <summary>A file in the hook directory, and why it cannot be used if it cannot.</summary>
/// <param name="Why">Why this one cannot be used (not executable, others may write to it), or null.</param>
public sealed record HookFile(string Name, Text? Why);

/// <summary>A folder of a machine.</summary>
/// <param name="Parent">Null for the root.</param>
public sealed record MachineFolder(string Path, string? Parent, IReadOnlyList<MachineEntry> Entries, Problem? Problem);

/// <summary>Something in a folder of a machine.</summary>
/// <param name="IsFolder">Also a link to one.</param>
/// <param name="Size">Bytes of a file; 0 for a folder (ask with MeasureFolder).</param>
public sealed record MachineEntry(string Name, string Path, bool IsFolder, long Size, bool Readable)
{
    /// <summary>Where it leads, if it is a link.</summary>
    public string? Link { get; init; }

    /// <summary>Why it cannot be saved, if it is neither file nor folder ("it is a named pipe").</summary>
    public Text? WhyNot { get; init; }
}

/// <param name="Complete">False: counting was stopped, there is more.</param>
public sealed record FolderSize(long Files, long Bytes, bool Complete);
