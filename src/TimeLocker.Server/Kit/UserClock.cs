using System.Globalization;

namespace TimeLocker.Server.Kit;

/// <summary>The time as the person in front of the page lives it: now, and their zone.</summary>
public sealed class UserClock(TimeProvider time, string? zone)
{
    public TimeZoneInfo Zone { get; } = zone is not null
        && TimeZoneInfo.TryFindSystemTimeZoneById(Uri.UnescapeDataString(zone), out var found) ? found
        : time.LocalTimeZone;

    public DateTimeOffset Now => TimeZoneInfo.ConvertTime(time.GetUtcNow(), Zone);

    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);

    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(Local(at).DateTime);

    // Whoever types 2026 has typed the year 2 on the way; in no zone a moment lies beyond these.
    private static readonly DateTime First = DateTime.MinValue.AddDays(2), Last = DateTime.MaxValue.AddDays(-2);

    /// <summary>The moment when a local clock shows this time; a time that a clock change skips moves forward.</summary>
    public DateTimeOffset At(DateTime local)
    {
        local = local < First ? First : local > Last ? Last : local;
        var there = Zone.IsInvalidTime(local) ? local.AddHours(1) : local;
        return new DateTimeOffset(there, Zone.GetUtcOffset(there));
    }

    public string Absolute(DateTimeOffset at) => Local(at).ToString("ddd d MMM yyyy, HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>Short and human: "5 min ago", "today 14:02", "Mon 3 Mar 14:02".</summary>
    public string Relative(DateTimeOffset at)
    {
        var (there, now) = (Local(at), Now);
        var age = now - there;
        return age switch
        {
            { TotalSeconds: < -60 } => there.ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture),
            { TotalSeconds: < 60 } => Texts.JustNow,
            { TotalMinutes: < 60 } => Texts.MinAgo((int)age.TotalMinutes),
            _ when there.Date == now.Date => Texts.Today(there.ToString("HH:mm", CultureInfo.InvariantCulture)),
            _ when there.Date == now.Date.AddDays(-1) => Texts.Yesterday(there.ToString("HH:mm", CultureInfo.InvariantCulture)),
            { TotalDays: < 300 } => there.ToString("d MMM, HH:mm", CultureInfo.InvariantCulture),
            _ => there.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        };
    }
}
