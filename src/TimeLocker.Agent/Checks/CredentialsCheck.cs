using TimeLocker.Agent.Probes;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether the repository opens. Where the config file can be seen without restic, a wrong password is said by the run
/// itself; else restic is asked.
/// </summary>
internal sealed class CredentialsCheck : ICheck
{
    public string Name => "credentials";

    public async Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Target.Password.IsEmpty)
        {
            throw new ProblemException(ProblemKind.Upstream, Problems.RepositorysPasswordMissingNothing);
        }

        if (run.Target.Folder is { } folder)
        {
            return Directory.Exists(folder) && File.Exists(Path.Combine(folder, "config"))
                && !FolderRepository.HasEntries(Path.Combine(folder, "keys"))
                ? throw new ProblemException(ProblemKind.Upstream, Problems.RepositoryLostKeysEmpty((folder + "/keys").AsName()))
                : new Finding(Texts.PasswordIsThere);
        }

        if (run.Target.PinnedConfig is { } pinned && await HttpObjects.ConfigHashAsync(run.Target, ct) is { } hash
            && hash == pinned)
        {
            run.Config = hash;
            return new Finding(Texts.ServerLetsUsIn);
        }

        run.ResticId = await ResticQueries.RepositoryIdAsync(run.Restic, run.Target, ct);
        return new Finding(Texts.PasswordIsRight);
    }
}
