using Microsoft.Extensions.DependencyInjection;

namespace TimeLocker.Server.Clock;

internal static class ClockSetup
{
    public static IServiceCollection AddClock(this IServiceCollection services) => services
        .AddSingleton<ClockWatch>()
        .AddSingleton<IClockTrust>(services => services.GetRequiredService<ClockWatch>())
        .AddSingleton<WallClockTimer>();
}
