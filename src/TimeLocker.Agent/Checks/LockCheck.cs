namespace TimeLocker.Agent.Checks;

/// <summary>Whether others hold locks in a repository in a folder. restic itself waits where it has to; this says in advance that it may.</summary>
internal sealed class LockCheck : ICheck
{
    /// <summary>restic renews its locks every five minutes, and takes one for abandoned after this time.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(30);

    public string Name => "lock";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Target.Folder is not { } folder)
        {
            return Finding.Nothing;
        }

        var newest = Locks(folder).Select(file => (DateTime?)file.LastWriteTimeUtc).Max();
        return newest switch
        {
            null => new Finding("Nobody holds a lock."),
            { } at when run.Time.GetUtcNow() - at > Abandoned => Finding.Warning("An old lock is there whose program is probably gone. If it stands in the way: unlock the repository."),
            _ => Finding.Warning("Another program holds a lock there; restic waits up to two minutes where it has to."),
        };
    }

    private static FileInfo[] Locks(string folder)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(folder, "locks")).GetFiles();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
