using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>One listener of the feed. Keeps the latest state of each changed run and no more, however slowly it is read.</summary>
public sealed class RunSubscription(RunFeed feed, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly Channel<bool> signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ConcurrentDictionary<Guid, Run> changed = new();

    public void Changed(Run run)
    {
        changed[run.Id] = run;
        signal.Writer.TryWrite(true);
    }

    /// <summary>The first change at once, then at most ten times a second.</summary>
    public async IAsyncEnumerable<Run> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (await signal.Reader.WaitToReadAsync(ct))
        {
            signal.Reader.TryRead(out _);
            foreach (var run in Interlocked.Exchange(ref changed, new()).Values)
            {
                yield return run;
            }

            await Task.Delay(Beat, clock, ct);
        }
    }

    public void Dispose() => feed.Leave(this);
}
