using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Background;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Triggers;

/// <summary>What belongs to this room.</summary>
internal static class TriggerParts
{
    public static IServiceCollection AddTriggers(this IServiceCollection services) => services
        .AddSingleton(s => s.GetServices<IEventTrigger>().OfType<CallTrigger>().Single())
        .AddSingleton<TriggerDesk>()
        .AddSingleton<SystemTimers>()
        .AddSingleton<IExternalStarter>(s => s.GetRequiredService<SystemTimers>())
        .AddWork<TriggerWatch>();
}
