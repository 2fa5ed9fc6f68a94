using TimeLocker.Core;

namespace TimeLocker.Server.Overview;

/// <summary>What the scheduler says of itself, for the self-check: a scheduler that stopped cannot say so.</summary>
/// <param name="Next">The earliest moment at which something is due.</param>
/// <param name="LookedAt">When it last decided what is due.</param>
public sealed record ScheduleHealth(DateTimeOffset? Next, DateTimeOffset? LookedAt)
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Why the clock is not trusted (it jumped): nothing is removed until a person has looked.</summary>
    public Problem? Doubt { get; init; }

    /// <summary>A person has looked, and says that the clock is right; null: nobody can say it here.</summary>
    public Func<Actor, CancellationToken, Task>? Trust { get; init; }

    /// <summary>Something has been due for longer than it takes to look, and nobody has looked.</summary>
    public bool HasStopped(DateTimeOffset now) => Next is { } due && now - due > Patience && !(LookedAt >= due);
}
