namespace TimeLocker.Server.Clock;

/// <summary>
/// Waits for moments of the wall clock, for all who wait together: one timer, and none while nobody does. A timer
/// stands still while the computer sleeps and knows nothing of a clock that is set, so the wall clock is looked at
/// every minute.
/// </summary>
public sealed class WallClockTimer(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<(DateTimeOffset At, TaskCompletionSource Rings)> waiting = [];
    private ITimer? timer;

    public async Task UntilAsync(DateTimeOffset moment, CancellationToken ct)
    {
        var me = (At: moment, Rings: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Change(() => waiting.Add(me));
        try
        {
            await me.Rings.Task.WaitAsync(ct);
        }
        finally
        {
            Change(() => waiting.Remove(me));
        }
    }

    public void Dispose() => timer?.Dispose();

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            Arm();
        }
    }

    private void Look()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var (at, rings) in waiting.Where(w => w.At <= now).ToList())
            {
                rings.TrySetResult();
            }

            waiting.RemoveAll(w => w.Rings.Task.IsCompleted);
            Arm();
        }
    }

    private void Arm()
    {
        timer?.Dispose();
        timer = null;
        if (waiting.Count > 0)
        {
            var until = waiting.Min(w => w.At) - clock.GetUtcNow();
            timer = clock.CreateTimer(_ => Look(), null,
                until < TimeSpan.Zero ? TimeSpan.Zero : until < Longest ? until : Longest, Timeout.InfiniteTimeSpan);
        }
    }
}
