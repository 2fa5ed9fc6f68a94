using TimeLocker.Server.Clock;

namespace TimeLocker.Server.Background;

/// <summary>
/// Rings the work in the background: a loop each, asleep until its moment on the wall clock or until it is woken. All
/// that depends on how work is rung is in this file.
/// </summary>
public sealed class BackgroundEngine(IEnumerable<IBackgroundWork> works, WorkRegistry book, WallClockTimer alarm,
    TimeProvider clock) : IDisposable
{
    /// <summary>A clock that is put back moves what is due away: it is noticed within this time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> loops = [];

    public void Begin() =>
        loops.AddRange(works.Select(book.Add).ToList().Select(work => Task.Run(() => GoAsync(work, stop.Token))));

    /// <summary>Tells all of it to stop, and waits until it has.</summary>
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

    private async Task GoAsync(WorkRunner work, CancellationToken ct)
    {
        var bell = new WakeSignal();
        work.Woken += bell.Ring;
        work.Begin();
        DateTimeOffset? next = work.FirstAt;
        while (true)
        {
            var asked = await SleepAsync(bell, next, ct);
            if (ct.IsCancellationRequested)
            {
                break;
            }

            next = await work.RunAsync(asked, ct);
        }

        await work.EndAsync();
    }

    private async Task<bool> SleepAsync(WakeSignal bell, DateTimeOffset? until, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var since = clock.GetUtcNow();
            if (until <= since)
            {
                return false;
            }

            if (await bell.SleepAsync(up => MomentAsync(until, up), ct) || clock.GetUtcNow() < since)
            {
                return true;
            }
        }

        return false;
    }

    private Task MomentAsync(DateTimeOffset? until, CancellationToken up) =>
        until is { } moment ? Task.WhenAny(alarm.UntilAsync(moment, up), Task.Delay(Longest, clock, up))
            : Task.Delay(Timeout.Infinite, up);
}
