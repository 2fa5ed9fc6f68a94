using System.Text.Json.Serialization;

namespace TimeLocker.Core.Triggers;

/// <summary>What an event starts.</summary>
public enum TriggerAction { Backup, Check, Retention }

/// <summary>A trigger of a plan, and what it starts.</summary>
/// <param name="Kind">Of an <see cref="IEventTrigger"/>.</param>
public sealed record PlanTrigger(string Kind, IReadOnlyDictionary<string, string> Values, TriggerAction Action)
{
    public const int UsualPause = 60, LongestPause = 7 * 24 * 60;

    /// <summary>Not again within so many minutes of its last start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int PauseMinutes { get; init; } = UsualPause;

    /// <summary>What it last started; written by TimeLocker, never taken from outside.</summary>
    public TriggerStart? Last { get; init; }

    /// <summary>The same event with the same outcome: two of these in one plan are one too many.</summary>
    [JsonIgnore]
    public string Key =>
        $"{Kind} {Action} {string.Join('\n', Values.Where(v => v.Value.Length > 0).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"))}";
}

/// <summary>What an event last started.</summary>
/// <param name="At">When it happened.</param>
/// <param name="StartedAt">When the action began.</param>
public sealed record TriggerStart(DateTimeOffset At, DateTimeOffset StartedAt, Text Why);
