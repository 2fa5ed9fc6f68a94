using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Retention;

/// <summary>A pin while it is being typed.</summary>
public sealed class PinDraft
{
    public string Reason { get; set; } = "";
    public DateOnly? Until { get; set; }
    public bool Hold { get; set; }

    public DateTimeOffset? ExpiresAt(UserClock clock) =>
        !Hold && Until is { } day ? clock.At(day.ToDateTime(TimeOnly.MinValue)) : null;
}
