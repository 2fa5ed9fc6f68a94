namespace TimeLocker.Core.Schedules;

/// <summary>A slot whose run begins, at once or later.</summary>
public sealed record RunSlot(DateTimeOffset At, RunCause Cause, DateTimeOffset? NotBefore);
