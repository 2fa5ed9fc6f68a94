using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Repositories;

/// <summary>Maintenance of a repository that happens by itself: check, prune, copy or stats.</summary>
public sealed record MaintenanceSchedule(RunKind Kind, Schedule When)
{
    /// <summary>For a check.</summary>
    public CheckDepth Depth { get; init; }

    /// <summary>For a prune: see <see cref="PruneRequest"/>.</summary>
    public int? MaxUnused { get; init; }
    public long? MaxRepackMiB { get; init; }

    /// <summary>
    /// For a prune: has no slot while no snapshot was removed since the last one, since it would free next to nothing.
    /// </summary>
    public bool AfterRemovals { get; init; }

    /// <summary>For a copy: to which; null: to all.</summary>
    public Guid? CopyTo { get; init; }
}
