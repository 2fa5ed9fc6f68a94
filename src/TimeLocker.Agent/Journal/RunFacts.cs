using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Runs;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Journal;

/// <summary>What has to be known to follow a run again after a restart of TimeLocker. Holds no secret.</summary>
internal sealed record RunFacts
{
    public required string Command { get; init; }
    public string ResticVersion { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>restic's arguments, without secrets.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The repository that is only read takes no lock: restic does without.</summary>
    public bool WithoutLock { get; init; }

    /// <summary>restic was stopped and started again so many times, because other limits began to count.</summary>
    public int Restarts { get; init; }

    /// <summary>When other limits begin to count; null: never, or this run goes on as it began.</summary>
    public DateTimeOffset? LimitsChangeAt { get; init; }

    /// <summary>Why restic was started again, the latest last.</summary>
    public IReadOnlyList<Text> Notes { get; init; } = [];

    /// <summary>What the checks before the start said.</summary>
    public IReadOnlyList<RunCheck> Checks { get; init; } = [];

    /// <summary>
    /// Sources that were not there, or what a restore leaves out: they make the run incomplete, whatever restic says.
    /// </summary>
    public IReadOnlyList<RunIssue> Missing { get; init; } = [];

    /// <summary>A backup's sources as they were found before it began.</summary>
    public IReadOnlyList<SourceFound> Sources { get; init; } = [];

    /// <summary>Hash of the repository's config and its mount at the start, for repositories in a folder.</summary>
    public string? Config { get; init; }
    public string? Mount { get; init; }

    /// <summary>Locks before an unlock.</summary>
    public int Locks { get; init; }

    /// <summary>Where a restore goes, and which folder that was (<see cref="Native.IdentityOf"/>) before restic began.</summary>
    public string? Target { get; init; }
    public string? TargetIdentity { get; init; }

    /// <summary>Of a restore in place.</summary>
    public IReadOnlyList<RestoreClash> Clashes { get; init; } = [];
}

/// <summary>What is left of a run that is over, besides its log.</summary>
internal sealed record RunRecord(RunFacts? Facts, IReadOnlyList<RunIssue> Issues, RunEnded Ended)
{
    /// <summary>Of a run that was not begun: what its checks said.</summary>
    public IReadOnlyList<RunCheck> Checks { get; init; } = [];
}

/// <summary>
/// How a run's files are read and written. Code generated in advance would read what an older TimeLocker did not
/// write down as null, not as what the record begins with.
/// </summary>
internal static class RunJson
{
    private static readonly JsonSerializerOptions Options =
        new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { StoredAsAttribute.Rename } } };

    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
