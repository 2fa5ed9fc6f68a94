using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Triggers;

/// <summary>Notices when the system's timers stop calling. Sleeps while no plan has one.</summary>
public sealed class OutsideTimerWatch(OutsideTimers timers, PlanCatalog plans, TimeProvider clock, ILogger<OutsideTimerWatch> log) : BackgroundService
{
    // A machine that just started gets the calls for what it slept through; they are let in first.
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(5), Longest = TimeSpan.FromMinutes(5), Shortest = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        timers.Changed += OnChanged;
        plans.Changed += OnPlan;
        try
        {
            await Task.Delay(AfterStart, clock, stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                await SleepAsync(await LookAsync(stoppingToken), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            timers.Changed -= OnChanged;
            plans.Changed -= OnPlan;
        }
    }

    private async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        try
        {
            await timers.LookAsync(ct);
            return await timers.NextLookAsync(ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogError(fault, "the calls of the system's timers could not be looked at");
            return clock.GetUtcNow() + Longest;
        }
    }

    // In steps: the clock may be set, and a machine that slept must not sleep on.
    private async Task SleepAsync(DateTimeOffset? next, CancellationToken ct)
    {
        if (next is not { } at)
        {
            await changed.Reader.ReadAsync(ct);
            return;
        }

        var left = at - clock.GetUtcNow();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(changed.Reader.WaitToReadAsync(either.Token).AsTask(), Task.Delay(left > Longest ? Longest : left < Shortest ? Shortest : left, clock, either.Token));
        await either.CancelAsync();
        changed.Reader.TryRead(out _);
    }

    private void OnChanged() => changed.Writer.TryWrite(true);

    private void OnPlan(Guid plan) => OnChanged();
}
