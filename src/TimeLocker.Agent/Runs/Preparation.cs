using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs.Jobs;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>The checks before a run that every kind has, each with a sentence for people; then those of its kind.</summary>
internal sealed class Preparation(RunFolder folder, ResticProgram program, ResticProcess restic, TimeProvider time)
{
    private readonly List<RunCheck> checks = [];
    private string? config;

    public RunFolder Folder => folder;
    public IReadOnlyList<RunCheck> Checks => checks;

    /// <exception cref="ProblemException">A check failed: restic is not started.</exception>
    public async Task<RunFacts> MakeAsync(RunSpec spec, Job job, CancellationToken ct)
    {
        Say("version", $"restic {program.Version} at {program.Path}.");
        config = await CheckRepositoryAsync(spec.Target, job.Writes, ct);
        return await job.PrepareAsync(this, ct);
    }

    public RunFacts Facts(ResticTarget target, IReadOnlyList<string> arguments) => new()
    {
        Arguments = arguments,
        Command = ResticArguments.Show(target, arguments),
        ResticVersion = program.Version.ToString(),
        StartedAt = time.GetUtcNow(),
        Checks = checks,
        Config = config,
        Mount = target.Folder is { } path ? FolderRepository.Mount(path) : null,
    };

    public void Say(string name, string? sentence, CheckLevel level = CheckLevel.Ok)
    {
        if (sentence is not null)
        {
            checks.Add(new RunCheck(name, level, sentence));
        }
    }

    /// <summary>Removes locks of programs that are gone: they would keep out whoever needs the repository alone.</summary>
    public async Task RemoveStaleLocksAsync(ResticTarget target)
    {
        try
        {
            await restic.UnlockAsync(target);
        }
        catch (ProblemException e)
        {
            Say("lock", $"Stale locks could not be removed: {e.Problem.Why}", CheckLevel.Warning);
        }
    }

    public ResticQueries Ask => new(restic);

    public static bool IsBelow(string path, string folder) => (path.TrimEnd('/') + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    // A repository in a folder is looked at without restic: each call of restic costs as much as a small backup.
    public async Task<string?> CheckRepositoryAsync(ResticTarget target, bool toWrite, CancellationToken ct)
    {
        if (target.Folder is { } path)
        {
            var hash = FolderRepository.Check(target, toWrite);
            Say("identity", target.PinnedConfig is null ? $"The repository at {path} is there." : $"The repository at {path} is there and is the one that was added.");
            Say("lock", ResticProcess.HasLocks(path) ? "Another program holds a lock there; restic waits up to two minutes where it has to." : null, CheckLevel.Warning);
            return hash;
        }

        var id = await ResticQueries.RepositoryIdAsync(restic, target, ct);
        if (target.PinnedId is { } pinned && pinned != id)
        {
            throw new ProblemException(ProblemKind.Conflict, "This is another repository.", "What is at this address now is not the repository that was added: it was replaced or made anew.", "Bring the right one back. To use the new one, add it as a repository of its own.");
        }

        Say("identity", "The repository is reachable, its password is right and it is the one that was added.");
        return null;
    }
}
