using System.Text;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>The checks before a run, each with a sentence for people, and the files that restic will read.</summary>
internal sealed class Preparation(RunFolder folder, ResticProgram program, ResticProcess restic, TimeProvider time)
{
    private readonly List<string> checks = [];

    /// <exception cref="ProblemException">A check failed: restic is not started.</exception>
    public async Task<(IReadOnlyList<string> Arguments, RunFacts Facts)> MakeAsync(RunSpec spec, CancellationToken ct)
    {
        Say($"restic {program.Version} at {program.Path}.");
        var config = await CheckRepositoryAsync(spec, ct);
        return spec switch
        {
            BackupSpec backup => Backup(backup, config),
            RestoreSpec restore => Restore(restore, config),
            _ => throw ProblemException.Invalid("This kind of run is not known here.", $"{spec.GetType().Name} came from a newer TimeLocker.", "Update TimeLocker on this machine."),
        };
    }

    private (IReadOnlyList<string>, RunFacts) Backup(BackupSpec spec, string? config)
    {
        var missing = spec.Sources.Where(source => !IsThere(source)).ToList();
        var present = spec.Sources.Except(missing).Distinct().ToList();
        if (present.Count == 0)
        {
            throw new ProblemException(ProblemKind.Failed, "Nothing can be backed up.",
                spec.Sources.Count == 0 ? "No folder was chosen." : $"None of the folders exists: {string.Join(", ", missing)}.", "Correct the folders in the plan, or mount the disk that holds them.");
        }

        Say($"Sources there: {present.Count} of {present.Count + missing.Count}{(missing.Count == 0 ? "" : $"; missing: {string.Join(", ", missing)}")}.");
        if (spec.Mode != BackupMode.DryRun && spec.Target.Folder is { } repository)
        {
            Say(SpaceCheck.Check(repository, spec.ExpectedBytes));
        }

        var excludes = spec.Excludes;
        if (spec.Target.Folder is { } own && present.Any(source => IsBelow(own, source)))
        {
            excludes = [.. excludes, ResticPatterns.Literal(own)];
            Say("The repository lies in what is backed up; it is left out itself.");
        }

        spec = spec with { Excludes = excludes };
        folder.Write(ResticArguments.FilesFile, Encoding.UTF8.GetBytes(string.Concat(present.Select(source => source + '\0'))));
        folder.Write(ResticArguments.ExcludeFile, ResticPatterns.Excludes(spec.Excludes));
        var arguments = ResticArguments.Backup(spec, folder.Path);
        return (arguments, Facts(spec.Target, arguments, config) with { Missing = [.. missing.Select(source => new RunIssue(source, "it does not exist"))] });
    }

    private (IReadOnlyList<string>, RunFacts) Restore(RestoreSpec spec, string? config)
    {
        var selection = RestoreSelection.Of(spec.Paths);
        var target = spec.Folder?.TrimEnd('/') ?? selection.Parent;
        if (spec.Folder is not null)
        {
            RestoreFolder.Make(target, spec.DryRun);
            Say($"The new folder {target} is ours alone.");
        }

        if (spec.Target.Folder is { } repository && IsBelow(target, repository))
        {
            throw ProblemException.Invalid("It cannot be restored there.", "The folder is inside the repository itself.", "Choose a folder outside of the repository.");
        }

        if (!spec.DryRun)
        {
            Say(SpaceCheck.Check(target, SpaceCheck.Floor));
        }

        folder.Write(ResticArguments.IncludeFile, ResticPatterns.Includes(selection.Names));
        var arguments = ResticArguments.Restore(spec, selection, target, folder.Path);
        return (arguments, Facts(spec.Target, arguments, config) with { Target = target });
    }

    // A repository in a folder is looked at without restic: each call of restic costs as much as a small backup.
    private async Task<string?> CheckRepositoryAsync(RunSpec spec, CancellationToken ct)
    {
        if (spec.Target.Folder is { } path)
        {
            var hash = FolderRepository.Check(spec.Target, toWrite: spec is BackupSpec { Mode: not BackupMode.DryRun });
            Say(spec.Target.PinnedConfig is null ? $"The repository at {path} is there." : $"The repository at {path} is there and is the one that was added.");
            Say(ResticProcess.HasLocks(path) ? "Another program holds a lock there; restic waits up to two minutes where it has to." : null);
            return hash;
        }

        var id = await ResticQueries.RepositoryIdAsync(restic, spec.Target, ct);
        if (spec.Target.PinnedId is { } pinned && pinned != id)
        {
            throw new ProblemException(ProblemKind.Conflict, "This is another repository.", "What is at this address now is not the repository that was added: it was replaced or made anew.", "Bring the right one back. To use the new one, add it as a repository of its own.");
        }

        Say("The repository is reachable, its password is right and it is the one that was added.");
        return null;
    }

    private RunFacts Facts(ResticTarget target, IReadOnlyList<string> arguments, string? config) => new()
    {
        Command = ResticArguments.Show(target, arguments),
        ResticVersion = program.Version.ToString(),
        StartedAt = time.GetUtcNow(),
        Checks = checks,
        Config = config,
        Mount = target.Folder is { } path ? FolderRepository.Mount(path) : null,
    };

    private void Say(string? sentence)
    {
        if (sentence is not null)
        {
            checks.Add(sentence);
        }
    }

    private static bool IsBelow(string path, string folder) => (path.TrimEnd('/') + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsThere(string path) => path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && Native.Look(path) is not null;
}
