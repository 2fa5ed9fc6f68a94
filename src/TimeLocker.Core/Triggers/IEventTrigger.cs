using System.Text.Json.Serialization;
using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Triggers;

/// <summary>Something that can start a plan other than the time. Those of a machine come from its agent, the others from the server.</summary>
public interface IEventTrigger : IExtension
{
    /// <summary>Watches until cancelled; costs nothing while nothing happens. Firings that follow each other closely are joined by the implementation.</summary>
    /// <exception cref="ProblemException">It cannot be watched here: what, why, next step. The desk shows it and tries again later.</exception>
    IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct);
}

/// <param name="Why">A sentence for people: what happened ("“/srv/photos” changed").</param>
public sealed record Firing(DateTimeOffset At, string Why);

public enum TriggerAction { Backup, Check, Retention }

/// <summary>A trigger of a plan, and what it starts.</summary>
/// <param name="Kind">Of an <see cref="IEventTrigger"/>.</param>
public sealed record PlanTrigger(string Kind, IReadOnlyDictionary<string, string> Values, TriggerAction Action)
{
    /// <summary>Not again within so many minutes of its last start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int PauseMinutes { get; init; } = 60;
}
