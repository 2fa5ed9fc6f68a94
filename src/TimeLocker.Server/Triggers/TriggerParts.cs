using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Background;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Triggers;

/// <summary>What belongs to this room: one line for each event that the server itself can see.</summary>
internal static class TriggerParts
{
    public static IServiceCollection AddTriggers(this IServiceCollection services) => services
        .AddSingleton<CallTrigger>()
        .AddSingleton<IEventTrigger>(s => s.GetRequiredService<CallTrigger>())
        .AddSingleton<IEventTrigger, AfterPlanTrigger>()
        .AddSingleton<IEventTrigger, SizeTrigger>()
        .AddSingleton<IEventTrigger, CountTrigger>()
        .AddSingleton<TriggerDesk>()
        .AddSingleton<OutsideTimers>()
        .AddSingleton<IOutsideStarter>(s => s.GetRequiredService<OutsideTimers>())
        .AddWork<TriggerWatch>();

}
