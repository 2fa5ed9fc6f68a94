using TimeLocker.Agent.Restic;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Checks;

/// <summary>A run before it starts: all there is to look at, and what a check found that others need.</summary>
internal sealed class Inspection
{
    public required RunSpec Spec { get; init; }

    /// <summary>Whether the repository has to be writable.</summary>
    public required bool Writes { get; init; }
    /// <summary>Whether it only reads, so that a repository in which no lock can be taken will do.</summary>
    public bool MayGoWithoutLock { get; init; }

    /// <summary>No lock can be taken: restic is told to do without.</summary>
    public bool WithoutLock { get; set; }
    public required ResticProgram Program { get; init; }
    public required ResticProcess Restic { get; init; }
    public required HostPaths HostPaths { get; init; }
    public required TimeProvider Time { get; init; }
    public required OwnFiles Own { get; init; }

    public ResticTarget Target => Spec.Target;

    /// <summary>restic's repository id, where it had to be asked for.</summary>
    public string? ResticId { get; set; }

    /// <summary>Hash of the repository's config, for a repository in a folder.</summary>
    public string? Config { get; set; }

    /// <summary>A backup's sources, in the order of the plan: each as it was found.</summary>
    public IReadOnlyList<SourceFound> Sources { get; set; } = [];

    /// <summary>What restic is given: where the sources lead that can be saved.</summary>
    public IReadOnlyList<string> Present =>
        [.. Sources.Where(source => source.WhyNot is null).Select(source => source.Saved).Distinct()];

    /// <summary>Those that cannot be saved, and why.</summary>
    public IReadOnlyList<RunIssue> Missing =>
        [.. Sources.Where(source => source.WhyNot is not null).Select(source => new RunIssue(source.Path, source.WhyNot!))];

    /// <summary>The program whose output is saved, links resolved.</summary>
    public string? SourceProgram { get; set; }

    public static bool IsBelow(string path, string folder) =>
        (path.TrimEnd('/') + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
