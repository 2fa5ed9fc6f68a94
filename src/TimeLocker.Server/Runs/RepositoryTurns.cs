using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>How a run shares its repository: readers with everybody but Exclusive, one writer at a time, Exclusive alone.</summary>
public enum Turn { Read, Write, Exclusive }

/// <summary>Who may use a repository now. First come, first served within a repository; repositories do not wait for each other.</summary>
public sealed class RepositoryTurns
{
    private readonly Lock door = new();
    private readonly List<Holder> holders = [];
    private readonly List<Holder> queue = [];

    /// <summary>Waits for the turn; dispose the answer to give it back.</summary>
    /// <param name="waits">Called with a sentence for people when it has to wait.</param>
    public async Task<IDisposable> EnterAsync(Run run, Turn turn, Action<string> waits, CancellationToken ct)
    {
        var me = new Holder(this, run, turn);
        string? reason;
        lock (door)
        {
            queue.Add(me);
            Admit();
            reason = me.Entered.Task.IsCompleted ? null : Reason(me);
        }

        if (reason is not null)
        {
            waits(reason);
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

    private static bool Clash(Turn a, Turn b) => a == Turn.Exclusive || b == Turn.Exclusive || (a == Turn.Write && b == Turn.Write);

    private void Admit()
    {
        foreach (var next in queue.ToList().Where(n => !holders.Any(h => h.Blocks(n)) && !queue.TakeWhile(q => q != n).Any(q => q.Blocks(n))))
        {
            queue.Remove(next);
            holders.Add(next);
            next.Entered.SetResult();
        }
    }

    private string Reason(Holder me)
    {
        var other = holders.Concat(queue).First(h => h != me && h.Blocks(me));
        return $"Waits for “{other.Run.Title}”, which uses the same repository.";
    }

    private void Leave(Holder holder)
    {
        lock (door)
        {
            holders.Remove(holder);
            queue.Remove(holder);
            Admit();
        }
    }

    private sealed class Holder(RepositoryTurns turns, Run run, Turn turn) : IDisposable
    {
        public Run Run => run;
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Blocks(Holder other) => Run.RepositoryId == other.Run.RepositoryId && Clash(turn, other.Turn);

        private Turn Turn => turn;

        public void Dispose() => turns.Leave(this);
    }
}
