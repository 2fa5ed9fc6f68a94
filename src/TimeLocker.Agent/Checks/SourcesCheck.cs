using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether a backup's folders are there, may be read and hold something.</summary>
internal sealed class SourcesCheck : ICheck
{
    public string Name => "sources";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { Command: null } spec)
        {
            return Finding.Nothing;
        }

        run.Missing = [.. spec.Sources.Where(source => !IsThere(source))];
        run.Present = [.. spec.Sources.Except(run.Missing).Distinct()];
        if (run.Present.Count == 0)
        {
            throw new ProblemException(ProblemKind.Failed, "Nothing can be backed up.",
                spec.Sources.Count == 0 ? "No folder was chosen." : $"None of the folders exists: {string.Join(", ", run.Missing)}.", "Correct the folders in the plan, or mount the disk that holds them.");
        }

        var closed = run.Present.Where(source => !(IsFolder(source) ? Native.MayReadFolder(source) : Native.May(source, Native.MayRead))).ToList();
        if (closed.Count == run.Present.Count)
        {
            throw new ProblemException(ProblemKind.Failed, "Nothing can be backed up.", $"The user that runs TimeLocker may not read {string.Join(", ", closed)}.", "Give that user the rights, or choose other folders in the plan.");
        }

        var empty = run.Present.Except(closed).Where(source => IsFolder(source) && !FolderRepository.HasEntries(source)).ToList();
        var sentence = $"Sources there: {run.Present.Count} of {run.Present.Count + run.Missing.Count}{Part("missing", run.Missing)}{Part("not readable", closed)}{Part("empty", empty)}.";
        return new Finding(sentence, run.Missing.Count + closed.Count + empty.Count == 0 ? CheckLevel.Ok : CheckLevel.Warning);
    }

    private static string Part(string what, IReadOnlyList<string> sources) => sources.Count == 0 ? "" : $"; {what}: {string.Join(", ", sources)}";

    private static bool IsThere(string path) => path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && Native.Look(path) is not null;

    private static bool IsFolder(string path) => Native.Look(path) is { } found && Native.IsFolder(found.Mode);
}
