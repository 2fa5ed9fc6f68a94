using TimeLocker.Agent.Probes;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether it is the repository that was added, and not another one at the same place. A folder is looked at without
/// restic.
/// </summary>
internal sealed class IdentityCheck : ICheck
{
    public string Name => "identity";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Target.Folder is { } folder)
        {
            run.Config = FolderRepository.Check(run.Target);
            return new Finding(Texts.RepositoryIsThere(folder.AsName(), run.Target.PinnedConfig is not null));
        }

        if (run.Config is not null)
        {
            return new Finding(Texts.RepositoryThatWasAdded);
        }

        if (run.Target.PinnedId is { } pinned && run.ResticId is { } found && pinned != found)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.AnotherRepositoryWhatAddress);
        }

        return run.Target.PinnedId is null ? Finding.Nothing : new Finding(Texts.RepositoryThatWasAdded);
    }
}
