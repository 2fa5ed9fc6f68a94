using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TimeLocker.Agent.Runs;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Journal;

/// <summary>The events of one run for any number of listeners: who comes late first gets the state as it is, as events.</summary>
internal sealed class RunBroadcast
{
    private readonly Lock gate = new();
    private readonly List<Channel<RunEvent>> listeners = [];
    private readonly List<RunIssueFound> issues = [];
    private RunChecked? looked;
    private RunEvent? started, progress, finishing, ended;
    private bool closed;

    public IReadOnlyList<RunCheck> Checks
    {
        get
        {
            lock (gate)
            {
                return looked?.Checks ?? [];
            }
        }
    }

    public IReadOnlyList<RunIssue> Issues
    {
        get
        {
            lock (gate)
            {
                return [.. issues.Select(i => i.Issue)];
            }
        }
    }

    public void Publish(RunEvent happened)
    {
        lock (gate)
        {
            switch (happened)
            {
                case RunChecked now: looked = now; break;
                case RunStarted: started = happened; break;
                case RunProgressed: progress = happened; break;
                case RunFinishing: finishing = happened; break;
                case RunEnded: ended = happened; break;
                case RunIssueFound found when issues.Count < Run.MostIssues: issues.Add(found); break;
            }

            foreach (var listener in listeners)
            {
                listener.Writer.TryWrite(happened);
            }
        }

        if (happened is RunEnded)
        {
            Close();
        }
    }

    /// <summary>Nothing more will come from here: the run is over, or TimeLocker ends and leaves the run to itself.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            listeners.ForEach(listener => listener.Writer.TryComplete());
            listeners.Clear();
        }
    }

    /// <param name="afterSequence">The events handed out are numbered from the next number on.</param>
    public async IAsyncEnumerable<RunEvent> ListenAsync(long afterSequence, [EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
        Join(channel);
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(ct))
            {
                yield return happened with { Sequence = ++afterSequence };
            }
        }
        finally
        {
            lock (gate)
            {
                listeners.Remove(channel);
            }
        }
    }

    private void Join(Channel<RunEvent> channel)
    {
        lock (gate)
        {
            foreach (var known in (IEnumerable<RunEvent?>)[looked, started, .. issues, progress, finishing, ended])
            {
                if (known is not null)
                {
                    channel.Writer.TryWrite(known);
                }
            }

            if (closed)
            {
                channel.Writer.TryComplete();
            }
            else
            {
                listeners.Add(channel);
            }
        }
    }
}
