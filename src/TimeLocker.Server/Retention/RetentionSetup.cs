using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Retention;

internal static class RetentionSetup
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<CopyChoice>()
        .AddSingleton<WantedInCopy>(services => services.GetRequiredService<CopyChoice>().OfAsync)
        .AddSingleton<IRunBook, RetentionBook>()
        .AddSingleton<PolicyCatalog>()
        .AddSingleton<PinCatalog>()
        .AddSingleton<RetentionDesk>()
        .AddHostedService<RetentionKeeper>();
}
