namespace TimeLocker.Server.Identity;

/// <summary>
/// Slows guessing down: after two wrong passwords each further one doubles the wait, up to a minute. Nobody is locked
/// out for longer. Names that nobody has are slowed down alike, so the wait tells nothing.
/// </summary>
public sealed class SignInDelay(TimeProvider clock)
{
    private const int FreeTries = 2;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60), Forgotten = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Tries> tries = [];

    private readonly record struct Tries(int Count, DateTimeOffset Last, DateTimeOffset Next);

    /// <summary>
    /// Counts a try as wrong before it is made, so that many at once gain nothing; <see cref="Succeeded"/> takes it
    /// back.
    /// </summary>
    /// <returns>How long to wait when it is too early; null: go on.</returns>
    public TimeSpan? Begin(string key)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var old in tries.Where(t => now - t.Value.Last > Forgotten).Select(t => t.Key).ToList())
            {
                tries.Remove(old);
            }

            var known = tries.GetValueOrDefault(key);
            if (now < known.Next)
            {
                return known.Next - now;
            }

            tries[key] = new(known.Count + 1, now, now + WaitAfter(known.Count + 1));
            return null;
        }
    }

    public void Succeeded(string key)
    {
        lock (gate)
        {
            tries.Remove(key);
        }
    }

    private static TimeSpan WaitAfter(int count) => count <= FreeTries ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, count - FreeTries - 1)));
}
