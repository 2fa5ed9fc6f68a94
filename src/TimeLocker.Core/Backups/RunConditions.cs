using System.Text.Json.Serialization;

namespace TimeLocker.Core.Backups;

/// <summary>When a backup that nobody asked for by hand is left out, with a reason.</summary>
public sealed record RunConditions
{
    public static RunConditions None { get; } = new();

    public bool SkipOnBattery { get; init; }
    public bool SkipOnMetered { get; init; }
}

/// <summary>What happens after a failure that may pass by itself (network, lock). The wait doubles each time.</summary>
public sealed record RetryRules
{
    public static RetryRules Usual { get; } = new();

    /// <summary>0: never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Times { get; init; } = 3;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int FirstAfterMinutes { get; init; } = 5;

    public static TimeSpan Longest { get; } = TimeSpan.FromHours(6);

    /// <summary>How long to wait after a failure before the next try.</summary>
    /// <param name="failed">Tries that failed before this one; 0: it was the first.</param>
    /// <param name="chance">0 to 1: up to a fifth more, so that what failed together does not come back together.</param>
    public TimeSpan WaitAfter(int failed, double chance)
    {
        var wait = TimeSpan.FromMinutes(FirstAfterMinutes) * Math.Pow(2, Math.Clamp(failed, 0, 20)) * (1 + (0.2 * chance));
        return wait < Longest ? wait : Longest;
    }
}
