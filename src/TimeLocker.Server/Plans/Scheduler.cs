using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Notifications;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Plans;

/// <summary>The clock: Quartz, with its store in memory. What is due is decided from the database; this only says when to look.</summary>
public static class Scheduler
{
    /// <summary>Other programs may write to a repository too; their snapshots are seen within this time.</summary>
    private const string EverySixHours = "0 17 0/6 * * ?";

    private const string EveryNight = "0 43 3 * * ?";

    /// <summary>A timer stands still while the computer sleeps and knows nothing of a clock that is set: so long it may be wrong.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMinutes(1);

    private static readonly JobKey Looking = new("look");

    public static IServiceCollection AddScheduler(this IServiceCollection services) => services
        .AddQuartz(clock =>
        {
            clock.UseInMemoryStore();
            clock.UseDefaultThreadPool(maxConcurrency: 2);
            clock.ScheduleJob<Refresh>(trigger => trigger.WithCronSchedule(EverySixHours));
            clock.ScheduleJob<CleanUp>(trigger => trigger.WithCronSchedule(EveryNight));
            clock.AddJob<Look>(job => job.WithIdentity(Looking).StoreDurably());
        })
        .AddSingleton<Waker>()
        .AddQuartzHostedService();

    /// <summary>Has the look done: at the start, when something changed, and at the next moment at which something is due.</summary>
    public sealed class Waker(ISchedulerFactory factory, PlanCatalog plans, RepositoryCatalog repositories, TimeProvider clock, ILogger<Waker> log)
    {
        private TriggerKey? armed;

        public async Task BeginAsync(CancellationToken ct)
        {
            plans.Changed += Wake;
            repositories.CareChanged += Wake;
            await (await factory.GetScheduler(ct)).TriggerJob(Looking, ct);
        }

        internal bool IsTimer(TriggerKey fired) => fired.Equals(armed);

        /// <summary>One trigger; none while no schedule exists.</summary>
        internal async Task ArmAsync(DateTimeOffset? next, CancellationToken ct)
        {
            var scheduler = await factory.GetScheduler(ct);
            if (armed is { } old)
            {
                await scheduler.UnscheduleJob(old, ct);
                armed = null;
            }

            if (next is { } due)
            {
                var (now, latest) = (clock.GetUtcNow(), clock.GetUtcNow() + LongestTimer);
                armed = new TriggerKey($"look-{Guid.NewGuid():N}");
                await scheduler.ScheduleJob(TriggerBuilder.Create().WithIdentity(armed).ForJob(Looking).StartAt(due <= now || due > latest ? latest : due).Build(), cancellationToken: ct);
            }
        }

        private void Wake() => _ = WakeAsync();

        private async Task WakeAsync()
        {
            try
            {
                await (await factory.GetScheduler()).TriggerJob(Looking);
            }
            catch (Exception fault) when (fault is SchedulerException or ObjectDisposedException)
            {
                log.LogWarning(fault, "the schedule was not looked at after a change; it will be with the next look");
            }
        }
    }

    /// <summary>Decides what is due.</summary>
    [DisallowConcurrentExecution]
    public sealed class Look(DuePlans plans, DueCare care, ClockWatch clock, Waker waker, ILogger<Look> log) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            bool Stops() => cancellationToken.IsCancellationRequested || context.Scheduler.Status is SchedulerStatus.ShuttingDown or SchedulerStatus.Shutdown;
            var next = (DateTimeOffset?)DateTimeOffset.MinValue; // after a fault: soon again
            try
            {
                try
                {
                    next = await LookAsync(waker.IsTimer(context.Trigger.Key), cancellationToken);
                }
                catch (Exception fault) when (!Stops())
                {
                    log.LogError(fault, "the schedule could not be looked at");
                }

                await waker.ArmAsync(next, cancellationToken);
            }
            catch (Exception) when (Stops())
            {
                // The server stops; its next start looks first of all.
            }
        }

        private async Task<DateTimeOffset?> LookAsync(bool timer, CancellationToken ct)
        {
            await clock.NoteAsync(ct); // first: a prune must not begin on a clock that has just jumped
            if (!timer || !plans.CanWait())
            {
                await plans.LookAsync(ct);
            }

            if (!timer || !care.CanWait())
            {
                await care.LookAsync(ct);
            }

            return ((DateTimeOffset?[])[plans.Next, care.Next]).Min();
        }
    }

    /// <summary>Removes what nobody needs any more.</summary>
    public sealed class CleanUp(Housekeeping housekeeping, OldNotices notices) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            try
            {
                await housekeeping.RunAsync(new(), Core.Actor.System, cancellationToken);
            }
            finally
            {
                await notices.RemoveAsync(Core.Actor.System, cancellationToken); // a machine that cannot be asked keeps no old notice
            }
        }
    }

    /// <summary>Reads every repository's list of snapshots again.</summary>
    public sealed class Refresh(RepositoryCatalog repositories, ClockWatch clock) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            await clock.NoteAsync(cancellationToken); // also where nothing is scheduled
            foreach (var repository in await repositories.ListAsync(cancellationToken))
            {
                repositories.MarkStale(repository.Id);
            }
        }
    }
}
