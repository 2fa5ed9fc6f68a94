using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>What to restore, from which moment, to where.</summary>
public sealed record NewRestore
{
    public Guid RepositoryId { get; init; }

    /// <summary>A snapshot id (or its unambiguous beginning); or <see cref="At"/>.</summary>
    public string? Snapshot { get; init; }

    /// <summary>A moment: the newest snapshot not later than it, of <see cref="PlanId"/> if given.</summary>
    public DateTimeOffset? At { get; init; }
    public Guid? PlanId { get; init; }

    /// <summary>Absolute paths in the snapshot; empty: everything.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Where the files go: a machine that reaches the repository. Null: the one that looks after it.</summary>
    public Guid? MachineId { get; init; }

    /// <summary>The new folder; null: one is chosen and named in the run's result.</summary>
    public string? Target { get; init; }

    /// <summary>To where the files came from. Needs an Admin and <see cref="Confirm"/>, but for a dry run.</summary>
    public bool InPlace { get; init; }

    /// <summary>The host name of the machine, typed by whoever restores in place.</summary>
    public string? Confirm { get; init; }
    public OverwriteMode Overwrite { get; init; }

    /// <summary>
    /// In place: paths at which something of another kind lies than in the snapshot (a file where it has a folder …),
    /// as the preview named them, and which are to be replaced all the same. Not with an overwrite of never or
    /// ifNewer.
    /// </summary>
    public IReadOnlyList<string> Replace { get; init; } = [];

    /// <summary>Read back what was written and compare; null: yes in place, no in a new folder.</summary>
    public bool? Verify { get; init; }
    public bool DryRun { get; init; }
}
