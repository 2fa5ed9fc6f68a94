using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>How a run shares a repository: readers with everybody but Exclusive, one writer at a time, Exclusive alone.</summary>
public enum Turn { Read, Write, Exclusive }

/// <summary>A repository that a run needs, and how it shares it. A copy needs two.</summary>
public sealed record Use(Guid Repository, Turn Turn);

/// <summary>Who may begin now. First come, first served within a repository; repositories do not wait for each other; a machine does a few runs at a time.</summary>
public sealed class Turns
{
    private readonly Lock door = new();
    private readonly List<Place> holders = [];
    private readonly List<Place> queue = [];
    private int cap = int.MaxValue;
    private string? held;

    /// <summary>Those that wait, in their order, with the reason.</summary>
    public IReadOnlyList<(Run Run, string Reason)> Waiting
    {
        get
        {
            lock (door)
            {
                return [.. queue.Select(h => (h.Run, h.Reason ?? ""))];
            }
        }
    }

    /// <summary>Takes a place at the end of the queue.</summary>
    /// <param name="going">It is under way already, since before a restart: it waits for nobody.</param>
    /// <param name="waits">Called with a sentence for people when it has to wait, and again when that changes.</param>
    public Place Stand(Run run, IReadOnlyList<Use> uses, bool going, Action<string> waits)
    {
        var me = new Place(this, run, uses, waits);
        Change(() =>
        {
            if (going)
            {
                Begin(me);
            }
            else
            {
                queue.Add(me);
            }
        });
        return me;
    }

    /// <summary>How many runs a machine does at a time. Those that go on already go on.</summary>
    public void Limit(int runs) => Change(() => cap = runs);

    /// <summary>Lets nobody begin, for this reason; null: begin again.</summary>
    public void Hold(string? reason) => Change(() => held = reason);

    private void Change(Action change)
    {
        lock (door)
        {
            change();
            var claims = new Claims();
            holders.ForEach(claims.Add);
            for (var at = 0; at < queue.Count; at++)
            {
                var next = queue[at];
                var reason = Reason(next, claims);
                claims.Add(next); // those behind it wait for it, too
                if (reason is null)
                {
                    queue.RemoveAt(at--);
                    Begin(next);
                }
                else if (reason != next.Reason)
                {
                    next.Reason = reason;
                    next.Waits(reason); // inside: what is told last is what holds
                }
            }
        }
    }

    private void Begin(Place next)
    {
        holders.Add(next);
        next.Entered.SetResult();
    }

    private string? Reason(Place me, Claims claims) =>
        held is not null ? held
        : claims.Blocking(me) is { } other ? $"Waits for “{other.Run.Title}”, which uses the same repository."
        : !Urgent(me.Run) && holders.Count(h => h.Run.MachineId == me.Run.MachineId && !Urgent(h.Run)) is var busy && busy >= cap ? $"Waits: this machine already does {busy} {(busy == 1 ? "run" : "runs")}."
        : null;

    // Unlock and stats are over in a moment, and for a restore somebody waits.
    private static bool Urgent(Run run) => run.Kind is RunKind.Unlock or RunKind.Stats or RunKind.Restore;

    /// <summary>In the queue, later at work. Dispose it to give the place or the turn back.</summary>
    public sealed class Place(Turns turns, Run run, IReadOnlyList<Use> uses, Action<string> waits) : IDisposable
    {
        internal Run Run => run;
        internal Action<string> Waits => waits;
        internal string? Reason { get; set; }
        internal TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        internal IReadOnlyList<Use> Uses => uses;

        /// <summary>Waits for the turn, which is over when the answer is disposed. Who gives up waiting has lost the place.</summary>
        public async Task<IDisposable> EnterAsync(CancellationToken ct)
        {
            try
            {
                await Entered.Task.WaitAsync(ct);
                return this;
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public void Dispose() => turns.Change(() =>
        {
            turns.holders.Remove(this);
            turns.queue.Remove(this);
        });
    }

    /// <summary>Who came first for each repository, by how strongly it claims it: a thousand that wait are looked at once, not each against each.</summary>
    private sealed class Claims
    {
        private readonly Dictionary<(Guid Repository, Turn AtLeast), Place> first = [];

        public void Add(Place holder)
        {
            foreach (var use in holder.Uses)
            {
                for (var turn = Turn.Read; turn <= use.Turn; turn++)
                {
                    first.TryAdd((use.Repository, turn), holder);
                }
            }
        }

        // Exclusive clashes with all, Write with Write and Exclusive, Read with Exclusive.
        public Place? Blocking(Place me) => me.Uses.Select(use => first.GetValueOrDefault((use.Repository, (Turn)(Turn.Exclusive - use.Turn)))).FirstOrDefault(other => other is not null);
    }
}
