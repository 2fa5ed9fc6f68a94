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
}
