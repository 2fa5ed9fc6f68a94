namespace TimeLocker.Server.Background;

/// <summary>
/// Rings what watches over the others, by timers of its own: it goes on where the engine or the wall alarm does not.
/// </summary>
public sealed class BackgroundWatchdog(IEnumerable<IBackgroundWatch> watches, WorkRegistry book, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1), Shortest = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> loops = [];

    public void Begin() =>
        loops.AddRange(watches.Select(book.Add).ToList().Select(watch => Task.Run(() => GoAsync(watch, stop.Token))));

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops);
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private async Task GoAsync(WorkRunner watch, CancellationToken ct)
    {
        var bell = new WakeSignal();
        watch.Woken += bell.Ring;
        watch.Begin();
        for (var asked = false; !ct.IsCancellationRequested;)
        {
            var wait = await watch.RunAsync(asked, ct) - clock.GetUtcNow() is { } until && until < Longest ? until : Longest;
            asked = await bell.SleepAsync(up => Task.Delay(wait < Shortest ? Shortest : wait, clock, up), ct);
        }

        await watch.EndAsync();
    }
}
