using System.Text.Json.Serialization;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Core.Retention;

/// <summary>
/// Which snapshots stay, in restic's words. A snapshot stays when any rule keeps it; a policy without a rule is
/// refused.
/// </summary>
public sealed partial record RetentionPolicy
{
    public int KeepLast { get; init; }
    public int KeepHourly { get; init; }
    public int KeepDaily { get; init; }
    public int KeepWeekly { get; init; }
    public int KeepMonthly { get; init; }
    public int KeepYearly { get; init; }

    /// <summary>restic's durations ("1y6m10d12h"), counted back from the newest snapshot; empty: no such rule.</summary>
    public string KeepWithin { get; init; } = "";
    public string KeepWithinHourly { get; init; } = "";
    public string KeepWithinDaily { get; init; } = "";
    public string KeepWithinWeekly { get; init; } = "";
    public string KeepWithinMonthly { get; init; } = "";
    public string KeepWithinYearly { get; init; } = "";

    /// <summary>Snapshots with one of these tags stay.</summary>
    public IReadOnlyList<string> KeepTags { get; init; } = [];

    /// <summary>How many days a snapshot waits, where one click brings it back, before it is forgotten.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int PendingDays { get; init; } = 7;
}

/// <summary>A policy with a name, for many plans.</summary>
public sealed class NamedPolicy : IRevised
{
    public required Guid Id { get; init; }
    public int Revision { get; init; } = 1;
    [Edited(nameof(Texts.EditedName))]
    public required string Name { get; set; }
    [Edited(nameof(Texts.EditedPolicy))]
    public required RetentionPolicy Policy { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A snapshot that no rule may remove, or with no snapshot named: all of a plan.</summary>
public sealed class Pin
{
    public required Guid Id { get; init; }
    public required Guid RepositoryId { get; init; }

    /// <summary><c>Original ?? Id</c> of the snapshot; null: all snapshots of <see cref="PlanId"/>.</summary>
    public string? Snapshot { get; init; }
    public Guid? PlanId { get; init; }
    public required string Reason { get; init; }

    /// <summary>Actor id.</summary>
    public required string OwnerId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: until somebody takes it away.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Only an Admin takes it away, and it never expires.</summary>
    public bool LegalHold { get; init; }
}

/// <summary>
/// A snapshot that a policy does not keep any more. It is there until <see cref="RemoveAfter"/>; until then one click
/// keeps it.
/// </summary>
public sealed class PendingRemoval
{
    public required Guid RepositoryId { get; init; }

    /// <summary><c>Original ?? Id</c>.</summary>
    public required string Snapshot { get; init; }
    public required Guid PlanId { get; init; }
    public required DateTimeOffset MarkedAt { get; init; }
    public required DateTimeOffset RemoveAfter { get; init; }

    /// <summary>The run that forgets it, once there is one.</summary>
    public Guid? RunId { get; set; }
}
