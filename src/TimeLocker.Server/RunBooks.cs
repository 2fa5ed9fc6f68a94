using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Anomalies;
using TimeLocker.Server.Feeds;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Snapshots;

namespace TimeLocker.Server;

/// <summary>
/// What every end of a run is written into, in this order: who counts comes before who judges, who judges before who
/// tells.
/// </summary>
internal static class RunBooks
{
    public static IServiceCollection AddRunBooks(this IServiceCollection services) => services
        .AddSingleton<IRunBook, PlanBook>() // the plan's counters
        .AddSingleton<IRunBook, SnapshotBook>() // the snapshot that it made
        .AddSingleton<IRunBook, MaintenanceBook>() // the repository's maintenance and size, of which the snapshot is a part
        .AddSingleton<IRunBook, AnomalyBook>() // whether it is unusual
        .AddSingleton<IRunBook, RunNotices>() // what people are told: from counters, maintenance and anomalies
        .AddSingleton<IRunBook>(s => s.GetRequiredService<RunCounts>()) // figures for /metrics
        .AddSingleton<IRunBook, RetentionBook>(); // what may go now
}
