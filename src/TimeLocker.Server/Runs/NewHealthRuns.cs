using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>A check to be made.</summary>
public sealed record NewCheck
{
    public CheckDepth Depth { get; init; }

    /// <summary>Which part of the stored data, for Part; null: the next of the round.</summary>
    public int? Part { get; init; }

    // Said by TimeLocker itself, never from outside.
    internal RunCause? Cause { get; init; }
}

/// <summary>Freeing space.</summary>
public sealed record NewPrune
{
    /// <summary>Share of unused data that may stay, percent; null: restic's own choice.</summary>
    public int? MaxUnused { get; init; }

    /// <summary>At most so much is loaded and stored anew; null: no limit.</summary>
    public long? MaxRepackMiB { get; init; }
    public bool DryRun { get; init; }
}

/// <summary>A step of a repair.</summary>
public sealed record NewRepair
{
    public RepairStep Step { get; init; }

    /// <summary>Pack files, for the step Packs; empty: those that the last check found.</summary>
    public IReadOnlyList<string> Packs { get; init; } = [];
    public bool DryRun { get; init; }
}

/// <summary>A copy to be made.</summary>
public sealed record NewCopy
{
    /// <summary>The copy; null: the only one.</summary>
    public Guid? To { get; init; }
}
