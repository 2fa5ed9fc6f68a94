namespace TimeLocker.Core.Anomalies;

/// <summary>What of a backup is compared with what is usual.</summary>
public enum AnomalyMeasure { FilesNew, FilesChanged, FilesRemoved, Size, Duration, Entropy }

/// <summary>A backup that was unlike the plan's own history. While it is open, nothing of the plan is removed.</summary>
public sealed class Anomaly
{
    public required Guid Id { get; init; }
    public required Guid PlanId { get; init; }
    public required Guid RunId { get; init; }
    public required AnomalyMeasure Measure { get; init; }

    /// <summary>What was unusual, for people ("4,210 files changed; usually about 30.").</summary>
    [StoredAs("Sentence")]
    public required Text Text { get; init; }
    public required double Value { get; init; }
    public required double Median { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Actor id of who looked at it and said that it is all right.</summary>
    public string? AnsweredBy { get; set; }
    public DateTimeOffset? AnsweredAt { get; set; }
    public string? Answer { get; set; }
}
