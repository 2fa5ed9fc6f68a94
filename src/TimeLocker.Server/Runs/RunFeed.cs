using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>What runs now: the current state and what changes, for pages, server-sent events and the command line.</summary>
public sealed class RunFeed(TimeProvider clock)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<Guid, Run> active = new();
    private readonly ConcurrentDictionary<Guid, string> waiting = new();
    private readonly ConcurrentDictionary<Listener, bool> listeners = new();

    /// <summary>Runs that have not ended, oldest first. Live objects: read them at once.</summary>
    public IReadOnlyList<Run> Active => [.. active.Values.OrderBy(r => r.Id)];

    public Run? Current(Guid id) => active.GetValueOrDefault(id);

    /// <summary>Why a queued run waits, or null.</summary>
    public string? WaitingFor(Guid id) => waiting.GetValueOrDefault(id);

    public void Waits(Run run, string? reason)
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

        foreach (var listener in listeners.Keys)
        {
            listener.Changed(run);
        }
    }

    /// <summary>Runs as they change, each at its latest state, at most ten times a second; never misses an end.</summary>
    public async IAsyncEnumerable<Run> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var listener = new Listener();
        listeners[listener] = true;
        try
        {
            while (await listener.Signal.Reader.WaitToReadAsync(ct))
            {
                listener.Signal.Reader.TryRead(out _);
                foreach (var run in listener.Take())
                {
                    yield return run;
                }

                await Task.Delay(Beat, clock, ct);
            }
        }
        finally
        {
            listeners.TryRemove(listener, out _);
        }
    }

    private sealed class Listener
    {
        private ConcurrentDictionary<Guid, Run> changed = new();

        public Channel<bool> Signal { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Changed(Run run)
        {
            changed[run.Id] = run;
            Signal.Writer.TryWrite(true);
        }

        public IEnumerable<Run> Take() => Interlocked.Exchange(ref changed, new()).Values;
    }
}
