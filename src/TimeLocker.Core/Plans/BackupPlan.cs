using TimeLocker.Core.Backups;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Plans;

/// <summary>What is saved, from where, to where.</summary>
public sealed class BackupPlan : IRevised
{
    public required Guid Id { get; init; }
    public int Revision { get; init; } = 1;
    [Edited(nameof(Texts.EditedName))]
    public required string Name { get; set; }
    public required Guid MachineId { get; init; }
    public required Guid RepositoryId { get; init; }

    /// <summary>Absolute folders or files on the machine.</summary>
    [Edited(nameof(Texts.EditedSources))]
    public required List<string> Sources { get; set; }

    /// <summary>How it backs up.</summary>
    [Flat]
    public BackupOptions Options { get; set; } = new();

    [Edited(nameof(Texts.EditedSchedules))]
    public List<Schedule> Schedules { get; set; } = [];
    [Edited(nameof(Texts.EditedTriggers))]
    public List<Triggers.PlanTrigger> Triggers { get; set; } = [];

    /// <summary>Nothing begins by itself before.</summary>
    [Edited(nameof(Texts.EditedPausedUntil))]
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>Why it is paused, where nobody asked for that.</summary>
    public string? PausedBecause => PausedUntil == PauseEnd.UntilSeen ? "It is a copy that nobody has looked at yet." : null;

    /// <summary>All slots up to this moment are decided.</summary>
    public DateTimeOffset ScheduledUntil { get; set; }

    /// <summary>Null: TimeLocker's own schedule starts it.</summary>
    public SystemTimer? Timer { get; set; }

    /// <summary>A good backup should never be older than so many hours; null: not set.</summary>
    [Edited(nameof(Texts.EditedTargetHours))]
    public int? TargetHours { get; set; }

    /// <summary>The plan's own policy, or the id of a named one; neither: every snapshot stays.</summary>
    [Edited(nameof(Texts.EditedRetention))]
    public Retention.RetentionPolicy? Retention { get; set; }
    [Edited(nameof(Texts.EditedPolicyId), PartOf = nameof(Retention))]
    public Guid? PolicyId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    [Edited(nameof(Texts.EditedArchivedAt))]
    public DateTimeOffset? ArchivedAt { get; set; }

    // Counters kept in the transaction that ends a run, so that no page has to read history.
    public Guid? LastRunId { get; set; }
    public RunOutcome? LastOutcome { get; set; }
    public DateTimeOffset? LastEndedAt { get; set; }
    public DateTimeOffset? LastSuccessAt { get; set; }
    public long? LastBytes { get; set; }
    public long? LastFiles { get; set; }

    /// <summary>How many times in a row, up to the last run: failed or interrupted; left files out; missed.</summary>
    public int FailedInARow { get; set; }
    public int WarnedInARow { get; set; }
    public int MissedInARow { get; set; }

    /// <summary>Since when its last good backup is older than <see cref="TargetHours"/>, as far as that was told.</summary>
    public DateTimeOffset? OverdueSince { get; set; }

    /// <summary>
    /// Its last backup found files on the repository's own disk, and no copy of the repository is known. Not stored
    /// with the plan.
    /// </summary>
    public bool OnOneDisk { get; set; }

    /// <summary>Anomalies that nobody has answered: retention waits.</summary>
    public int OpenAnomalies { get; set; }
}

/// <summary>
/// How one day of a plan went: the worst outcome and how many runs. One row a plan and day, for the 30-day strip.
/// </summary>
public sealed class PlanDay
{
    public required Guid PlanId { get; init; }
    public required DateOnly Day { get; init; }
    public int Runs { get; set; }
    public int Failed { get; set; }
    public int Warned { get; set; }
    public long BytesAdded { get; set; }
}
