using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>Where a restore goes: outside of the repository, and a new folder ours alone.</summary>
internal sealed class TargetCheck : ICheck
{
    public string Name => "target";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not RestoreSpec spec)
        {
            return Finding.Nothing;
        }

        var names = new PathNames();
        var real = OwnFiles.RealPath(Of(spec));
        if (run.Target.Folder is { } repository && names.Of(repository).Any(name => Inspection.IsBelow(real, name)))
        {
            throw ProblemException.Invalid(Problems.CannotRestoredFolderInside);
        }

        if (spec.Folder is not null && run.Own.Hold(Of(spec)))
        {
            throw ProblemException.Invalid(Problems.CannotRestoredFolderBelongs);
        }

        if (spec.Folder is null)
        {
            return Finding.Nothing;
        }

        if (!spec.MayEnterSystem && names.Of(real).Any(SystemFolders.Hold))
        {
            throw new ProblemException(ProblemKind.Forbidden, SystemFolders.Refusal(real));
        }

        if (spec.Within is { Count: > 0 } within && !within.Any(folder => Inspection.IsBelow(real, OwnFiles.RealPath(folder))))
        {
            throw new ProblemException(ProblemKind.Forbidden, RestoreSpec.Outside(real, within));
        }

        RestoreFolder.Make(Of(spec), spec.DryRun);
        return new Finding(Texts.NewFolderFits(Of(spec).AsName(), spec.DryRun));
    }

    /// <summary>The folder that restic is told to restore into.</summary>
    public static string Of(RestoreSpec spec) => spec.Folder?.TrimEnd('/') ?? RestoreSelection.Of(spec.Paths).Parent;
}
