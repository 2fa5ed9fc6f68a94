using TimeLocker.Core.Schedules;

namespace TimeLocker.Server.Background;

/// <summary>Again and again at the same times of the server's clock.</summary>
internal static class RegularTimes
{
    /// <summary>Not at the full hour, when everybody does something.</summary>
    public const string EveryNight = "43 3 * * *", EverySixHours = "17 */6 * * *";

    public static DateTimeOffset Next(this TimeProvider clock, string cron) =>
        new Schedule(cron, clock.LocalTimeZone.Id).Slots(clock.GetUtcNow(), clock.GetUtcNow().AddDays(3)).First();
}
