using Microsoft.Extensions.DependencyInjection;

namespace TimeLocker.Server.Background;

internal static class BackgroundSetup
{
    public static IServiceCollection AddBackground(this IServiceCollection services) => services
        .AddSingleton<WorkRegistry>()
        .AddSingleton<BackgroundEngine>()
        .AddSingleton<BackgroundWatchdog>()
        .AddSingleton<BackgroundDesk>()
        .AddSingleton<BackgroundHost>()
        .AddHostedService(services => services.GetRequiredService<BackgroundHost>());

    /// <summary>A desk or part that also has work of its own.</summary>
    public static IServiceCollection AddWork<T>(this IServiceCollection services) where T : class, IBackgroundWork => services
        .AddSingleton<T>()
        .AddSingleton<IBackgroundWork>(services => services.GetRequiredService<T>());
}
