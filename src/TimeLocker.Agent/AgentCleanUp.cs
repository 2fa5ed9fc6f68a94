using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Runs;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;

namespace TimeLocker.Agent;

/// <summary>
/// Removes what nobody needs any more: caches, temporary files, folders of old runs, and restored folders that a person
/// chose. A run that lives loses nothing.
/// </summary>
/// <param name="begun">When this agent began: what short calls made before it has no owner.</param>
internal sealed class AgentCleanUp(string state, DateTimeOffset begun, IReadOnlyCollection<Guid> alive, TimeProvider time)
{
    /// <summary>What was used so lately is in use, as far as can be known.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1), Abandoned = TimeSpan.FromDays(1);

    private readonly List<Freed> freed = [];

    public async Task<IReadOnlyList<Freed>> WorkAsync(CleanUp wanted, CancellationToken ct)
    {
        var live = wanted.LiveRuns.Concat(alive).ToHashSet();
        var (now, untold) = (time.GetUtcNow(), alive.Except(wanted.LiveRuns).Any());
        var oldest = new[] { now, wanted.LiveSince ?? now, untold ? begun : now }.Min();
        Runs(wanted, live);
        Temporary(wanted.DryRun, oldest);
        Caches(wanted, oldest);
        foreach (var folder in wanted.Restores.Distinct())
        {
            await RestoreAsync(folder, wanted.DryRun, ct);
        }

        return freed;
    }

    private void Runs(CleanUp wanted, HashSet<Guid> live)
    {
        foreach (var folder in Folders("runs"))
        {
            // One that still has a process belongs to somebody, whatever the server says.
            if (!Guid.TryParseExact(folder.Name, "N", out var id) || live.Contains(id)
                || new RunFolder(folder.FullName) is not { Process: not { IsAlive: true } } run)
            {
                continue;
            }

            if ((run.Record?.Ended.At ?? folder.LastWriteTimeUtc) < wanted.LogsBefore)
            {
                Remove("log", folder, wanted.DryRun);
            }
            else if (new DirectoryInfo(run.Reach) is { Exists: true } reach)
            {
                Remove("temporary", reach, wanted.DryRun); // a key that a run left behind which never came to its end
            }
        }
    }

    private void Temporary(bool dryRun, DateTimeOffset oldest)
    {
        foreach (var entry in Entries("tmp"))
        {
            var dead = entry.Name.StartsWith("reach-", StringComparison.Ordinal) ? entry.LastWriteTimeUtc < begun
                : entry.LastWriteTimeUtc < time.GetUtcNow() - Abandoned && entry.LastWriteTimeUtc < oldest;
            if (dead)
            {
                Remove("temporary", entry, dryRun);
            }
        }
    }

    // restic gives the folder of a cache the time of its last use.
    private void Caches(CleanUp wanted, DateTimeOffset oldest)
    {
        var caches = Folders("cache")
            .Where(folder => folder.Name.Length == 64 && folder.Name.All(char.IsAsciiHexDigitLower)).ToList();
        var unknown = caches.Where(folder => !wanted.Repositories.Contains(folder.Name)).ToList();
        foreach (var folder in unknown.Where(folder => folder.LastWriteTimeUtc < time.GetUtcNow() - Fresh
            && folder.LastWriteTimeUtc < oldest))
        {
            Remove("cache", folder, wanted.DryRun);
        }

        var sizes = caches.Except(unknown).ToDictionary(folder => folder, SizeOf);
        var total = sizes.Values.Sum();
        foreach (var (folder, size) in sizes.OrderBy(cache => cache.Key.LastWriteTimeUtc))
        {
            if (wanted.CacheLimit > 0 && total > wanted.CacheLimit && folder.LastWriteTimeUtc < oldest)
            {
                total -= size;
                Remove("cache", folder, wanted.DryRun);
            }
        }
    }

    // Names in it can be such that .NET cannot say them; and it stays on its disk.
    private async Task RestoreAsync(string path, bool dryRun, CancellationToken ct)
    {
        if (!path.StartsWith('/') || Path.GetFullPath(path) != path || path.Count(c => c == '/') < 2
            || Native.Look(path) is not { } found || found.Owner != Native.Me() || !Native.IsFolder(found.Mode)
            || Shields(path))
        {
            return;
        }

        var size = SizeOf(new DirectoryInfo(path));
        if (!dryRun)
        {
            var command = new ChildCommand("rm",
                ["-rf", "--one-file-system", "--", path])
            {
                Environment = new Dictionary<string,
                    string>
                { ["PATH"] = "/usr/bin:/bin" }
            };
            await ChildProcess.RunAsync(command, TimeSpan.FromMinutes(10), 64 * 1024, ct);
        }

        Note("restore", path, size, dryRun);
    }

    // A folder that holds TimeLocker's own state, or the home folder, was never made by a restore.
    private bool Shields(string path) =>
        Checks.Inspection.IsBelow(state, path)
            || Checks.Inspection.IsBelow(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path);

    private void Remove(string what, FileSystemInfo entry, bool dryRun)
    {
        var size = SizeOf(entry);
        try
        {
            if (!dryRun && entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else if (!dryRun)
            {
                entry.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left is found again the next time.
        }

        Note(what, entry.FullName, size, dryRun);
    }

    private void Note(string what, string path, long size, bool dryRun)
    {
        if (dryRun || !Path.Exists(path))
        {
            freed.Add(new Freed(what, path, size));
        }
    }

    private IEnumerable<DirectoryInfo> Folders(string name) =>
        Entries(name).OfType<DirectoryInfo>().Where(folder => folder.LinkTarget is null);

    private FileSystemInfo[] Entries(string name) =>
        new DirectoryInfo(Path.Combine(state, name)) is { Exists: true } folder ? folder.GetFileSystemInfos() : [];

    private static long SizeOf(FileSystemInfo entry) => entry switch
    {
        DirectoryInfo { LinkTarget: null } folder => MachineFolders.Measure(new MeasureFolder(folder.FullName),
            TimeSpan.FromSeconds(2), CancellationToken.None).Bytes,
        FileInfo { LinkTarget: null } file => file.Length,
        _ => 0,
    };
}
