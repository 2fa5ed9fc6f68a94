namespace TimeLocker.Core.Plans;

/// <summary>
/// Pauses of a plan that end with somebody and not with a moment. They are moments too, so that whatever begins by
/// itself waits for them like for any other.
/// </summary>
public static class PauseEnd
{
    /// <summary>Somebody paused it, and resumes it.</summary>
    public static DateTimeOffset UntilResumed { get; } = DateTimeOffset.MaxValue;

    /// <summary>It is a copy. Whoever saves or resumes it has looked at it.</summary>
    public static DateTimeOffset UntilSeen { get; } = DateTimeOffset.MaxValue.AddDays(-1);

    public static bool IsOpen(DateTimeOffset? until) => until >= UntilSeen;
}
