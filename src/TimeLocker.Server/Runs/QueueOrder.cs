using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>
/// Who may begin now. First come, first served within a repository; repositories do not wait for each other; a machine
/// does a few runs at a time.
/// </summary>
/// <param name="usual">How many runs a machine does at a time of which nothing was said.</param>
public sealed class QueueOrder(int usual = int.MaxValue)
{
    private readonly Lock gate = new();
    private readonly List<QueueEntry> working = [];
    private readonly List<QueueEntry> waiting = [];
    private readonly Dictionary<Guid, int> caps = [];
    private Text? held;

    /// <summary>Those that wait, in their order, with the reason.</summary>
    public IReadOnlyList<(QueueRequest Request, Text Reason)> Waiting
    {
        get
        {
            lock (gate)
            {
                return [.. waiting.Select(entry => (entry.Request, entry.Reason ?? Text.Empty))];
            }
        }
    }

    /// <summary>Those that wait or have their turn.</summary>
    public IReadOnlySet<Guid> Present
    {
        get
        {
            lock (gate)
            {
                return working.Concat(waiting).Select(entry => entry.Request.Id).ToHashSet();
            }
        }
    }

    /// <summary>Takes a place at the end of the queue.</summary>
    /// <param name="waits">Called with a sentence for people when it has to wait, and again when that changes.</param>
    public QueueEntry Enter(QueueRequest request, Action<Text> waits)
    {
        var entry = new QueueEntry(this, request, waits);
        Change(() =>
        {
            if (request.IsUnderWay)
            {
                Begin(entry);
            }
            else
            {
                waiting.Add(entry);
            }
        });
        return entry;
    }

    /// <summary>How many runs a machine does at a time. Those that go on already go on.</summary>
    public void Limit(Guid machine, int runs) => Change(() => caps[machine] = runs);

    public int LimitOf(Guid machine)
    {
        lock (gate)
        {
            return caps.GetValueOrDefault(machine, usual);
        }
    }

    /// <summary>Lets nobody begin, for this reason; null: begin again.</summary>
    public void Hold(Text? reason) => Change(() => held = reason);

    internal void Leave(QueueEntry entry) => Change(() =>
    {
        working.Remove(entry);
        waiting.Remove(entry);
    });

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            var claims = new Claims();
            working.ForEach(claims.Add);
            for (var at = 0; at < waiting.Count; at++)
            {
                var next = waiting[at];
                var reason = Reason(next.Request, claims);
                claims.Add(next); // those behind it wait for it, too
                if (reason is null)
                {
                    waiting.RemoveAt(at--);
                    Begin(next);
                }
                else
                {
                    next.Wait(reason);
                }
            }
        }
    }

    private void Begin(QueueEntry next)
    {
        working.Add(next);
        next.Begin();
    }

    private Text? Reason(QueueRequest me, Claims claims) =>
        held is not null ? held
        : claims.Blocking(me) is { } other ? Texts.WaitsWhichUsesSame(other.Request.Title)
        : !me.IsUrgent && Busy(me.Machine) is var busy && busy >= caps.GetValueOrDefault(me.Machine, usual)
            ? Texts.WaitsMachineAlreadyDoes(busy)
        : null;

    private int Busy(Guid machine) => working.Count(entry => entry.Request.Machine == machine && !entry.Request.IsUrgent);

    /// <summary>
    /// Who came first for each repository, by how strongly it claims it: a thousand that wait are looked at once, not
    /// each against each.
    /// </summary>
    private sealed class Claims
    {
        private readonly Dictionary<(Guid Repository, LockMode AtLeast), QueueEntry> first = [];

        public void Add(QueueEntry entry)
        {
            foreach (var use in entry.Request.Uses)
            {
                for (var mode = LockMode.Read; mode <= use.Mode; mode++)
                {
                    first.TryAdd((use.Repository, mode), entry);
                }
            }
        }

        // Exclusive clashes with all, Write with Write and Exclusive, Read with Exclusive.
        public QueueEntry? Blocking(QueueRequest me) => me.Uses
            .Select(use => first.GetValueOrDefault((use.Repository, (LockMode)(LockMode.Exclusive - use.Mode))))
            .FirstOrDefault(other => other is not null);
    }
}
