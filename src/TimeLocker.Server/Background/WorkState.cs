using TimeLocker.Core;

namespace TimeLocker.Server.Background;

/// <summary>Work that the server does in the background, and how that goes.</summary>
/// <param name="Name">The word by which it can be asked for.</param>
/// <param name="Does">What it does.</param>
public sealed record WorkState(string Name, Text Does)
{
    /// <summary>It runs, or begins in this moment.</summary>
    public bool Running { get; init; }

    /// <summary>When it last began.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>How long that took.</summary>
    public double? LastSeconds { get; init; }

    /// <summary>When it looks again; null: when it is needed.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>Runs in a row that ended with a fault.</summary>
    public int FailedInARow { get; init; }

    /// <summary>When it last ended with a fault.</summary>
    public DateTimeOffset? FaultAt { get; init; }

    /// <summary>The last fault.</summary>
    public Problem? Fault { get; init; }
}
