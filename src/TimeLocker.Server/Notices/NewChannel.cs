using TimeLocker.Core;

namespace TimeLocker.Server.Notices;

/// <summary>A channel to be added, or to be tried before it is.</summary>
public sealed record NewChannel
{
    public string? Name { get; init; }
    public string? Kind { get; init; }
    public Dictionary<string, string> Values { get; init; } = [];
    public List<TimeWindow> QuietHours { get; init; } = [];
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Whether it gets the usual rules (failures, missed and overdue backups, repeated warnings). Null: the first
    /// channel gets them.
    /// </summary>
    public bool? UsualRules { get; init; }

    /// <summary>In a test: secrets that are left out are those of this saved channel.</summary>
    public Guid? Like { get; init; }
}

/// <summary>What may be changed on a channel; null: it stays. So does a secret that is left out or empty.</summary>
public sealed record ChannelChange
{
    public string? Name { get; init; }
    public Dictionary<string, string>? Values { get; init; }
    public List<TimeWindow>? QuietHours { get; init; }
    public bool? Enabled { get; init; }

    /// <summary>The one that this was made from: with another one by now, nothing is changed.</summary>
    public int? Revision { get; init; }
}

/// <summary>A test message was taken.</summary>
/// <param name="At">When the channel took the message.</param>
public sealed record ChannelTested(DateTimeOffset At);
