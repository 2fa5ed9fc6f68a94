namespace TimeLocker.Server.Plans;

/// <summary>What the scheduler says of itself, for whoever watches it: a scheduler that stopped cannot say so.</summary>
public interface IScheduleHealth
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The earliest moment at which something is due; null: no plan has a schedule.</summary>
    DateTimeOffset? Next { get; }

    /// <summary>When it last decided what is due.</summary>
    DateTimeOffset? LookedAt { get; }

    /// <summary>Something has been due for longer than it takes to look, and nobody has looked.</summary>
    bool HasStopped(DateTimeOffset now) => Next is { } due && now - due > Patience && !(LookedAt >= due);
}
