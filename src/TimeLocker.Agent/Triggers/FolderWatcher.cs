using TimeLocker.Core;

namespace TimeLocker.Agent.Triggers;

/// <summary>
/// Sees that something below a folder changes: told by the system (inotify), or by looking again and again where it
/// cannot tell.
/// </summary>
internal sealed class FolderWatcher : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly string folder;
    private readonly TimeProvider clock;
    private readonly bool listens;
    private FileSystemWatcher? watcher;
    private (long Count, long Newest, long Bytes)? known;

    /// <param name="listens">False: only look.</param>
    public FolderWatcher(string folder, TimeProvider clock, bool listens = true)
    {
        (this.folder, this.clock, this.listens) = (folder, clock, listens);
    }

    public Signal Changed { get; } = new();

    /// <summary>Why it looks instead of being told, or null.</summary>
    public Text? Looks { get; private set; }

    /// <summary>How often it looks where it is not told.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <exception cref="ProblemException">The folder is not there, or went away.</exception>
    public async Task KeepWatchAsync(CancellationToken ct)
    {
        Require();
        Listen();
        while (true)
        {
            if (Looks is not null)
            {
                LookAgain(ct);
            }

            await Task.Delay(Looks is null ? Look : Every, clock, ct);
            Require();
        }
    }

    public void Dispose() => watcher?.Dispose();

    private void Listen()
    {
        if (!listens)
        {
            Looks = Texts.Told;
            return;
        }

        try
        {
            watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                InternalBufferSize = 64 * 1024,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                    | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => Changed.Set();
            watcher.Created += (_, _) => Changed.Set();
            watcher.Deleted += (_, _) => Changed.Set();
            watcher.Renamed += (_, _) => Changed.Set();
            watcher.Error += (_, e) => OnError(e.GetException());
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(e);
        }
    }

    // More happened than could be told: that is a change, too. Anything else means that it is told no more.
    private void OnError(Exception fault)
    {
        Changed.Set();
        if (fault is not InternalBufferOverflowException)
        {
            GiveUp(fault);
        }
    }

    private void GiveUp(Exception fault)
    {
        Looks = fault.Message.Contains("inotify", StringComparison.OrdinalIgnoreCase)
            || fault.Message.Contains("limit", StringComparison.OrdinalIgnoreCase)
            ? Texts.SystemsLimitWatchedFolders : Text.Verbatim(fault.Message.AsForeign());
        watcher?.Dispose();
        watcher = null;
    }

    private void LookAgain(CancellationToken ct)
    {
        var now = Fingerprint(ct);
        if (known is { } before && before != now)
        {
            Changed.Set();
        }

        known = now;
    }

    private (long Count, long Newest, long Bytes) Fingerprint(CancellationToken ct)
    {
        var (count, newest, bytes) = (0L, 0L, 0L);
        var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all))
        {
            ct.ThrowIfCancellationRequested();
            count++;
            newest = Math.Max(newest, entry.LastWriteTimeUtc.Ticks);
            bytes += entry is FileInfo { LinkTarget: null } file ? file.Length : 0;
        }

        return (count, newest, bytes);
    }

    private void Require()
    {
        if (!Directory.Exists(folder))
        {
            throw new ProblemException(ProblemKind.Unavailable, Problems.CannotWatchedNoSuch(folder.AsName()));
        }
    }
}
