using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Triggers;

/// <summary>Something that can start a plan other than the time, seen by the server.</summary>
public interface IEventTrigger : IExtension
{
    /// <summary>What it waits for, in a sentence.</summary>
    Text Help { get; }

    /// <summary>
    /// Watches until cancelled; costs next to nothing while nothing happens. Firings that follow each other closely are
    /// joined by the implementation. Those of the server also get the values of <see cref="TriggerContext"/>.
    /// </summary>
    /// <exception cref="ProblemException">It cannot be watched here: what, why, next step. The desk shows it and tries
    /// again later.</exception>
    IAsyncEnumerable<Firing> WatchAsync(FieldValues values, CancellationToken ct);
}

/// <summary>One that is seen on a machine: its agent keeps it, and describes it (<see cref="TriggerKind"/>).</summary>
public interface IMachineTrigger : IEventTrigger
{
    /// <summary>The agent starts: once, before anybody watches.</summary>
    /// <param name="state">The agent's own folder.</param>
    void Begin(string state)
    {
    }
}

/// <summary>What a trigger is told about its plan, under names that no field can have.</summary>
public static class TriggerContext
{
    public const string Plan = "$plan", Repository = "$repository";
}

/// <param name="Why">A sentence for people: what happened ("“/srv/photos” changed").</param>
public sealed record Firing(DateTimeOffset At, Text Why)
{
    /// <summary>
    /// It still matters later: what may not start at once (a pause, closed hours, started a moment ago) starts as soon
    /// as it may.
    /// </summary>
    public bool Later { get; init; }

    /// <summary>Something waits for what is started (a shutdown): the watch goes on when that is over.</summary>
    public bool Holds { get; init; }

    /// <summary>Nothing happened and nothing starts: the watch says how it watches.</summary>
    public bool OnlySays { get; init; }
}
