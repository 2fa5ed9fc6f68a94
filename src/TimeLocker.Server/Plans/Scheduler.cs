using Microsoft.Extensions.DependencyInjection;
using Quartz;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>The clock: Quartz, with its store in memory. What is due is decided from the database; this only says when to look.</summary>
public static class Scheduler
{
    /// <summary>Other programs may write to a repository too; their snapshots are seen within this time.</summary>
    private const string EverySixHours = "0 17 0/6 * * ?";

    public static IServiceCollection AddClock(this IServiceCollection services) => services
        .AddQuartz(clock =>
        {
            clock.UseInMemoryStore();
            clock.UseDefaultThreadPool(maxConcurrency: 2);
            clock.ScheduleJob<Refresh>(trigger => trigger.WithCronSchedule(EverySixHours));
        })
        .AddQuartzHostedService();

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
