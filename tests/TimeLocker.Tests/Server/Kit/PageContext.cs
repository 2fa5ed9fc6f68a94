using Bunit;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Runs;

namespace TimeLocker.Tests.Server.Kit;

/// <summary>What a component finds around it in the real page: texts, a clock, the feed of runs.</summary>
public abstract class PageContext : BunitContext
{
    protected static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    protected PageContext()
    {
        var clock = new StoppedClock();
        Services.AddLogging().AddLocalization().AddSingleton<TimeProvider>(clock).AddSingleton(new RunFeed(clock));
        RenderTree.Add<Microsoft.AspNetCore.Components.CascadingValue<UserClock>>(p => p.Add(c => c.Value,
            new UserClock(clock, "UTC")));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Noon;
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }

}
