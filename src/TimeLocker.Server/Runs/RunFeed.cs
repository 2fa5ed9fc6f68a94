using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>What runs now: the current state and what changes, for pages, server-sent events and the command line.</summary>
public sealed class RunFeed(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, Run> active = new();
    private readonly ConcurrentDictionary<Guid, Text> waiting = new();
    private readonly ConcurrentDictionary<RunSubscription, bool> watches = new();

    /// <summary>A run has ended; which one is told to those who watch.</summary>
    public event Action? Ended;

    /// <summary>Runs that have not ended, oldest first. Live objects: read them at once.</summary>
    public IReadOnlyList<Run> Active => [.. active.Values.OldestFirst()];

    public Run? Current(Guid id) => active.GetValueOrDefault(id);

    /// <summary>Why a queued run waits, or null.</summary>
    public Text? WaitingFor(Guid id) => waiting.GetValueOrDefault(id);

    public void Waits(Run run, Text? reason)
    {
        if (reason is null)
        {
            waiting.TryRemove(run.Id, out _);
        }
        else
        {
            waiting[run.Id] = reason;
        }

        Publish(run);
    }

    public void Publish(Run run)
    {
        if (run.HasEnded)
        {
            active.TryRemove(run.Id, out _);
            waiting.TryRemove(run.Id, out _);
        }
        else
        {
            active[run.Id] = run;
        }

        foreach (var watch in watches.Keys)
        {
            watch.Changed(run);
        }

        if (run.HasEnded)
        {
            Ended?.Invoke();
        }
    }

    /// <summary>Listens from this call on; dispose it when done.</summary>
    public RunSubscription Watch()
    {
        var watch = new RunSubscription(this, clock);
        watches[watch] = true;
        return watch;
    }

    /// <summary>Runs as they change, each at its latest state; never misses an end.</summary>
    public async IAsyncEnumerable<Run> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var watch = Watch();
        await foreach (var run in watch.ReadAsync(ct))
        {
            yield return run;
        }
    }

    internal void Leave(RunSubscription watch) => watches.TryRemove(watch, out _);
}
