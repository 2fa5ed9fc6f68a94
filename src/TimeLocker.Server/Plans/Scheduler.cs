using Microsoft.Extensions.DependencyInjection;
using Quartz;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>The clock: Quartz, with its store in memory. What is due is decided from the database; this only says when to look.</summary>
public static class Scheduler
{
    /// <summary>Other programs may write to a repository too; their snapshots are seen within this time.</summary>
    private const string EverySixHours = "0 17 0/6 * * ?";

    private const string EveryNight = "0 43 3 * * ?";

    public static IServiceCollection AddClock(this IServiceCollection services) => services
        .AddQuartz(clock =>
        {
            clock.UseInMemoryStore();
            clock.UseDefaultThreadPool(maxConcurrency: 2);
            clock.ScheduleJob<Refresh>(trigger => trigger.WithCronSchedule(EverySixHours));
            clock.ScheduleJob<CleanUp>(trigger => trigger.WithCronSchedule(EveryNight));
        })
        .AddQuartzHostedService();

    /// <summary>Removes what nobody needs any more.</summary>
    public sealed class CleanUp(Housekeeping housekeeping) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            await housekeeping.RunAsync(new(), Core.Actor.System, cancellationToken);
    }

    /// <summary>Reads every repository's list of snapshots again.</summary>
    public sealed class Refresh(RepositoryCatalog repositories) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            foreach (var repository in await repositories.ListAsync(cancellationToken))
            {
                repositories.MarkStale(repository.Id);
            }
        }
    }
}
