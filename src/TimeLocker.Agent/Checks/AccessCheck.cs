using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether a repository in a folder can be written by us.</summary>
internal sealed class AccessCheck : ICheck
{
    public string Name => "access";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (!run.Writes || run.Target.Folder is not { } folder)
        {
            return Finding.Nothing;
        }

        var closed = ((string[])["data", "index", "locks", "snapshots"]).Select(name => Path.Combine(folder, name)).FirstOrDefault(path => !Native.May(path, Native.MayWrite | Native.MayEnter));
        return closed is null
            ? new Finding("The repository can be written.")
            : throw new ProblemException(ProblemKind.Failed, "The repository cannot be written.", $"The user that runs TimeLocker may not write in {closed}, or its file system is read-only.", "Give that user the rights, or mount the disk for writing.");
    }
}
