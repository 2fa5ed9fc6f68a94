namespace TimeLocker.Core.Agents;

/// <summary>A computer in the fleet.</summary>
public sealed class Machine
{
    public required Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>restic's host name for its snapshots.</summary>
    public required string Host { get; init; }
    public string System { get; set; } = "";
    public string Home { get; set; } = "";
    public string? ResticVersion { get; set; }
    public Problem? Trouble { get; set; }

    /// <summary>See <see cref="MachineFacts"/>.</summary>
    public List<string> Schemes { get; set; } = [];
    public List<string> Programs { get; set; } = [];
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>IANA name of its time zone; null: not told yet, so that the server's counts.</summary>
    public string? Zone { get; set; }

    /// <summary>How many runs it does at a time.</summary>
    public int Cap { get; set; } = UsualCap;

    /// <summary>
    /// restic uses all processors and one disk; a third run makes the others wait. Two, so that a slow place does not
    /// hold up a fast one.
    /// </summary>
    public const int UsualCap = 2;
    public const int LargestCap = 32;
}
