using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Anomalies;
using TimeLocker.Server.Background;
using TimeLocker.Server.Notifications;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Overview;

/// <summary>Everything that finds out what people should hear.</summary>
internal static class NewsDesks
{
    /// <summary>After the books that change what a notice is about (a repository's health).</summary>
    public static IServiceCollection AddNews(this IServiceCollection services) => services
        .AddSingleton<NoticeFeed>()
        .AddSingleton<AnomalyDesk>()
        .AddSingleton<Listeners>()
        .AddSingleton<FreshNotices>()
        .AddSingleton<OverdueWatch>()
        .AddSingleton<RepositoryWatch>()
        .AddSingleton<StateWatch>()
        .AddSingleton<TimerWatch>()
        .AddSingleton<DigestText>()
        .AddWork<DigestDesk>()
        .AddWork<DatabaseReading>()
        .AddSingleton<WorkWatch>()
        .AddSingleton<IBackgroundWatch, Lookout>();
}
