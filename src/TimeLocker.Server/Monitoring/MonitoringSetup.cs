using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Anomalies;
using TimeLocker.Server.Background;

namespace TimeLocker.Server.Monitoring;

/// <summary>Everything that finds out what people should hear.</summary>
internal static class MonitoringSetup
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services) => services
        .AddSingleton<AnomalyDesk>()
        .AddSingleton<NewNotices>()
        .AddSingleton<OverdueWatch>()
        .AddSingleton<RepositoryWatch>()
        .AddSingleton<StateWatch>()
        .AddSingleton<TimerWatch>()
        .AddSingleton<DigestText>()
        .AddWork<DigestDesk>()
        .AddWork<DatabaseReading>()
        .AddSingleton<WorkWatch>()
        .AddSingleton<IBackgroundWatch, ServerMonitor>();
}
