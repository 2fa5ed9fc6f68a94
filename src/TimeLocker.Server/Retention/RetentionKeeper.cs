using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Retention;

/// <summary>Wakes when a run has ended, when a time of waiting is over, and once a day. Sleeps in between.</summary>
public sealed class RetentionKeeper(RetentionDesk desk, RunFeed feed, TimeProvider clock, ILogger<RetentionKeeper> log) : BackgroundService
{
    /// <summary>A machine that slept does not wake this in time: it looks at the clock again so often.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1), AtFirst = TimeSpan.FromMinutes(2), BetweenSweeps = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim woken = new(0, 1);
    private DateTimeOffset swept = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        desk.Changed += Wake;
        var listening = ListenAsync(stoppingToken);
        var wait = AtFirst;
        try
        {
            while (true)
            {
                await SleepAsync(wait, stoppingToken);
                wait = await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await listening.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        finally
        {
            desk.Changed -= Wake;
        }
    }

    private async Task<TimeSpan> LookAsync(CancellationToken ct)
    {
        try
        {
            var now = clock.GetUtcNow();
            if (now - swept >= BetweenSweeps || now < swept)
            {
                swept = now;
                await desk.SweepAsync(ct);
            }

            await desk.ForgetDueAsync(ct);
            var next = await desk.NextAsync(ct) is { } due && due > now ? due - now : Longest; // what is due and stays has a reason
            return next < Longest ? next : Longest;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogError(fault, "retention could not be looked at");
            return AtFirst;
        }
    }

    private async Task SleepAsync(TimeSpan time, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(Task.Delay(time, clock, either.Token), woken.WaitAsync(either.Token));
        await either.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await foreach (var run in feed.WatchAsync(ct))
        {
            if (run.HasEnded)
            {
                Wake();
            }
        }
    }

    private void Wake()
    {
        if (woken.CurrentCount == 0)
        {
            try
            {
                woken.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else has woken it in this moment.
            }
        }
    }
}
