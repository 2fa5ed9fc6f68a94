using TimeLocker.Agent.Platform;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether a repository in a folder can be written by us. Who only reads needs a lock there where one can be taken.
/// </summary>
internal sealed class AccessCheck : ICheck
{
    public string Name => "access";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (!(run.Writes || run.MayGoWithoutLock) || run.Target.Folder is not { } folder)
        {
            return Finding.Nothing;
        }

        if (run.MayGoWithoutLock)
        {
            var locks = Path.Combine(folder, "locks");
            run.WithoutLock = !Native.May(Directory.Exists(locks) ? locks : folder, Native.MayWrite | Native.MayEnter);
            return run.WithoutLock ? Finding.Warning(Texts.TakesNoLock(Texts.OnlyReadable)) : Finding.Nothing;
        }

        var closed = ((string[])["data", "index", "locks", "snapshots"]).Select(name => Path.Combine(folder, name))
            .FirstOrDefault(path => !Native.May(path, Native.MayWrite | Native.MayEnter));
        return closed is null
            ? new Finding(Texts.RepositoryWritable)
            : throw new ProblemException(ProblemKind.Upstream, Problems.RepositoryCannotWrittenUser(closed.AsName()));
    }

    /// <param name="why">What restic said of the lock.</param>
    public static Text WithoutLock(string why) => Texts.TakesNoLock(why.AsForeign());
}
