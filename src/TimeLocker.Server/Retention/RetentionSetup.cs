using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Background;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Triggers;

namespace TimeLocker.Server.Retention;

internal static class RetentionSetup
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<IWantedInCopy, CopyChoice>()
        .AddSingleton<PolicyCatalog>()
        .AddSingleton<PinCatalog>()
        .AddSingleton<RetentionDesk>()
        .AddSingleton<RemovalDesk>()
        .AddSingleton<IRetention>(services => services.GetRequiredService<RetentionDesk>())
        .AddWork<RetentionSweep>()
        .AddWork<Removals>();
}
