using TimeLocker.Core.Agents;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether others hold locks in a repository in a folder. restic itself waits where it has to; this says in advance
/// that it may.
/// </summary>
internal sealed class LockCheck : ICheck
{
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
            null => new Finding(Texts.NobodyHoldsLock),
            { } at when run.Time.GetUtcNow() - at > RepositoryLock.AbandonedAfter => Finding.Warning(Texts.OldLock),
            _ => Finding.Warning(Texts.LockHeld),
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
