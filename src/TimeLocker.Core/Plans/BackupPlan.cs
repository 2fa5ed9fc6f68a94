using TimeLocker.Core.Revisions;

namespace TimeLocker.Core.Plans;

/// <summary>How much work restic puts into making data smaller.</summary>
public enum Compression { Auto, Off, Fastest, Better, Max }

/// <summary>What is saved, from where, to where.</summary>
public sealed class BackupPlan : IRevised
{
    public required Guid Id { get; init; }
    public int Revision { get; init; } = 1;
    [Edited("name")]
    public required string Name { get; set; }
    public required Guid MachineId { get; init; }
    public required Guid RepositoryId { get; init; }

    /// <summary>Absolute folders or files on the machine.</summary>
    [Edited("sources")]
    public required List<string> Sources { get; set; }

    /// <summary>restic patterns, one each.</summary>
    [Edited("patterns to leave out")]
    public List<string> Excludes { get; set; } = [];

    /// <summary>Names of <see cref="ExcludePreset"/>s.</summary>
    [Edited("left out")]
    public List<string> ExcludePresets { get; set; } = [];

    /// <summary>Skip a folder that holds a file of this name (or <c>name:header</c>).</summary>
    [Edited("folders skipped by a file in them")]
    public List<string> ExcludeIfPresent { get; set; } = [];

    [Edited("skip folders marked as a cache")]
    public bool ExcludeCaches { get; set; } = true;
    [Edited("stay on one file system")]
    public bool OneFileSystem { get; set; }
    [Edited("tags")]
    public List<string> Tags { get; set; } = [];
    [Edited("compression")]
    public Compression Compression { get; set; }

    /// <summary>Beside those of the repository; the stricter value counts.</summary>
    [Edited("speed and priority")]
    public Repositories.ResourceRules Resources { get; set; } = Repositories.ResourceRules.None;

    /// <summary>What a program prints is saved instead of <see cref="Sources"/>.</summary>
    [Edited("program whose output is saved")]
    public CommandSource? Command { get; set; }
    [Edited("programs around the backup")]
    public List<Hook> Hooks { get; set; } = [];

    [Edited("schedules")]
    public List<Schedule> Schedules { get; set; } = [];
    [Edited("hours")]
    public PlanWindows Windows { get; set; } = PlanWindows.Always;
    [Edited("events")]
    public List<Triggers.PlanTrigger> Triggers { get; set; } = [];
    [Edited("when it is left out")]
    public RunConditions Conditions { get; set; } = RunConditions.None;
    [Edited("further tries")]
    public RetryRules Retries { get; set; } = RetryRules.Usual;

    /// <summary>Nothing begins by itself before.</summary>
    [Edited("paused until")]
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>Why it is paused, where nobody asked for that.</summary>
    public string? PausedBecause => PausedUntil == PauseEnd.UntilSeen ? "It is a copy that nobody has looked at yet." : null;

    /// <summary>All slots up to this moment are decided.</summary>
    public DateTimeOffset ScheduledUntil { get; set; }

    /// <summary>Null: TimeLocker's own schedule starts it.</summary>
    public SystemTimer? Timer { get; set; }

    /// <summary>A good backup should never be older than so many hours; null: nobody said.</summary>
    [Edited("target age in hours")]
    public int? TargetHours { get; set; }

    /// <summary>The plan's own policy, or the id of a named one; neither: every snapshot stays.</summary>
    [Edited("what stays")]
    public Retention.RetentionPolicy? Retention { get; set; }
    [Edited("named policy", PartOf = nameof(Retention))]
    public Guid? PolicyId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    [Edited("archived")]
    public DateTimeOffset? ArchivedAt { get; set; }

    // Counters kept in the transaction that ends a run, so that no page has to read history.
    public Guid? LastRunId { get; set; }
    public Runs.RunOutcome? LastOutcome { get; set; }
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

    /// <summary>Its last backup found files on the repository's own disk, and no copy of the repository is known. Not stored with the plan.</summary>
    public bool OnOneDisk { get; set; }

    /// <summary>Anomalies that nobody has answered: retention waits.</summary>
    public int OpenAnomalies { get; set; }
}

/// <summary>How one day of a plan went: the worst outcome and how many runs. One row a plan and day, for the 30-day strip.</summary>
public sealed class PlanDay
{
    public required Guid PlanId { get; init; }
    public required DateOnly Day { get; init; }
    public int Runs { get; set; }
    public int Failed { get; set; }
    public int Warned { get; set; }
    public long BytesAdded { get; set; }
}
