using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>One job for a machine, complete in itself. The same run id never starts twice.</summary>
public abstract record RunSpec
{
    public required Guid RunId { get; init; }
    public required ResticTarget Target { get; init; }

    public ResourceRules Resources { get; init; } = ResourceRules.None;

    /// <summary>How long the last run of this kind took, for kinds of which restic tells no remainder; null: unknown.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>The tag that lets the repository itself say whether a run had finished.</summary>
    public string Tag => TagOf(RunId);

    public static string TagOf(Guid runId) => $"{Snapshots.OwnTags.Run}{runId:N}";
}

