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
    private readonly List<Holder> holders = [];
    private readonly List<Holder> queue = [];
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

    /// <summary>Waits for the turn; dispose the answer to give it back.</summary>
    /// <param name="going">It is under way already, since before a restart: it waits for nobody.</param>
    /// <param name="waits">Called with a sentence for people when it has to wait, and again when that changes.</param>
    public async Task<IDisposable> EnterAsync(Run run, IReadOnlyList<Use> uses, bool going, Action<string> waits, CancellationToken ct)
    {
        var me = new Holder(this, run, uses, waits);
        Change(() => (going ? holders : queue).Add(me));
        if (going)
        {
            return me;
        }

        try
        {
            await me.Entered.Task.WaitAsync(ct);
            return me;
        }
        catch
        {
            me.Dispose();
            throw;
        }
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
                    holders.Add(next);
                    next.Entered.SetResult();
                }
                else if (reason != next.Reason)
                {
                    next.Reason = reason;
                    next.Waits(reason); // inside: what is told last is what holds
                }
            }
        }
    }

    private string? Reason(Holder me, Claims claims) =>
        held is not null ? held
        : claims.Blocking(me) is { } other ? $"Waits for “{other.Run.Title}”, which uses the same repository."
        : !Urgent(me.Run) && holders.Count(h => h.Run.MachineId == me.Run.MachineId && !Urgent(h.Run)) is var busy && busy >= cap ? $"Waits: this machine already does {busy} {(busy == 1 ? "run" : "runs")}."
        : null;

    // Unlock and stats are over in a moment, and for a restore somebody waits.
    private static bool Urgent(Run run) => run.Kind is RunKind.Unlock or RunKind.Stats or RunKind.Restore;

    private sealed class Holder(Turns turns, Run run, IReadOnlyList<Use> uses, Action<string> waits) : IDisposable
    {
        public Run Run => run;
        public Action<string> Waits => waits;
        public string? Reason { get; set; }
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<Use> Uses => uses;

        public void Dispose() => turns.Change(() =>
        {
            turns.holders.Remove(this);
            turns.queue.Remove(this);
        });
    }

    /// <summary>Who came first for each repository, by how strongly it claims it: a thousand that wait are looked at once, not each against each.</summary>
    private sealed class Claims
    {
        private readonly Dictionary<(Guid Repository, Turn AtLeast), Holder> first = [];

        public void Add(Holder holder)
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
        public Holder? Blocking(Holder me) => me.Uses.Select(use => first.GetValueOrDefault((use.Repository, (Turn)(Turn.Exclusive - use.Turn)))).FirstOrDefault(other => other is not null);
    }
}
