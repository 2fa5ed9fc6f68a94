using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Monitoring;

/// <summary>Looks when something can have become due, and now and then at what nobody announces.</summary>
public sealed class ServerMonitor(
    OverdueWatch overdue,
    RepositoryWatch repositories,
    TimerWatch timers,
    StateWatch state,
    WorkWatch works,
    Heartbeat heartbeat,
    IScheduleHealth schedule,
    TimeProvider clock)
    : IBackgroundWatch
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public string Name => "monitor";

    public Text Does => Texts.ServerMonitorDoes;

    public void Begin(Action wake) => heartbeat.Add(() => !schedule.HasStopped(clock.GetUtcNow()));

    /// <summary>What cannot be looked at keeps nobody from looking at the rest.</summary>
    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        DateTimeOffset? next = null;
        var faults = new FaultCollector();
        foreach (var look in (Func<Task>[])[
            () => works.LookAsync(ct),
            async () => next = await overdue.LookAsync(ct),
            () => repositories.LookAsync(ct),
            () => timers.LookAsync(ct),
            () => state.LookAsync(ct)])
        {
            await faults.TryAsync(look, ct);
        }

        faults.Throw();
        var latest = clock.GetUtcNow() + Longest;
        return next < latest ? next : latest;
    }
}
