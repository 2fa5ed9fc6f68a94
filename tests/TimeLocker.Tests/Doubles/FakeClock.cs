namespace TimeLocker.Tests.Doubles;

/// <summary>A clock that stands until it is moved.</summary>
public sealed class FakeClock(DateTimeOffset? start = null) : TimeProvider
{
    private DateTimeOffset now = start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
