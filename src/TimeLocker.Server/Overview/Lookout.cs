using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Server.Data;
using TimeLocker.Server.Notifications;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Overview;

/// <summary>Looks when something can have become due, and now and then at what nobody announces. Sleeps in between; it shares nothing with the scheduler, so that one can stop without the other.</summary>
public sealed class Lookout(
    OverdueWatch overdue,
    RepositoryWatch repositories,
    TimerWatch timers,
    StateWatch state,
    DigestDesk digests,
    LifeSigns life,
    IScheduleHealth schedule,
    TimeProvider clock,
    ILogger<Lookout> log)
    : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10), Shortest = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        life.Add(() => !schedule.HasStopped(clock.GetUtcNow()));
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = await LookAsync(stoppingToken);
            var wait = next - clock.GetUtcNow() is { } until && until < Longest ? until : Longest;
            await Task.Delay(wait < Shortest ? Shortest : wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        try
        {
            await repositories.LookAsync(ct);
            await timers.LookAsync(ct);
            await state.LookAsync(ct);
            var late = await overdue.LookAsync(ct);
            var letter = await digests.LookAsync(ct);
            return late < letter || letter is null ? late : letter;
        }
        catch (Exception fault) when (WriteTrouble.Is(fault))
        {
            log.LogWarning("What is overdue could not be looked at: {Reason}", fault.Message); // a full disk; the next look comes
            return null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
