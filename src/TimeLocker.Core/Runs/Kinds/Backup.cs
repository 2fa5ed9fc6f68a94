using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>A backup was asked for.</summary>
/// <param name="Paths">For a partial backup: the sources to take. Empty: all.</param>
public sealed record BackupRequest(BackupMode Mode, IReadOnlyList<string> Paths) : RunRequest
{
    /// <summary>A person has seen that sources lost more than half of their files, and wants it all the same.</summary>
    public bool EvenIfShrunk { get; init; }

    /// <summary>Beside those of the plan.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What happened, for a run that a trigger started.</summary>
    public Text? Why { get; init; }

    public override Text Name() => Mode switch
    {
        BackupMode.Full => Texts.FullBackup,
        BackupMode.Partial => Texts.PartialBackup,
        BackupMode.DryRun => Texts.DryRunName,
        _ => base.Name(),
    };

    public override bool IsDryRun() => Mode == BackupMode.DryRun;

    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) => [new(repository, LockMode.Write)];

    public override bool CountsFiles() => true;

    public override RunRequest WithoutNames() => this with { Paths = [], Why = Why?.WithoutNames() };

    /// <summary>Whether it saves all that the other would save.</summary>
    public bool Covers(BackupRequest other) => Paths.Count == 0 || (other.Paths.Count > 0 && other.Paths.All(Paths.Contains));

    public override MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) =>
        run is not { PlanId: { } plan, SnapshotId: not null, Result.Sources: { Count: > 0 } sources } ? maintenance
        : maintenance with
        {
            SameDisk = [.. maintenance.SameDisk.Where(other => other != plan),
            .. sources.Any(source => source.SameDisk) ? (Guid[])[plan] : []]
        };

    // A full backup compares with nothing, so restic calls every file new.
    public override IReadOnlyList<Figure> Figures(RunResult result) =>
    [
        .. Mode == BackupMode.Full
            ? (Figure[])[new(Texts.FilesReadAgain, result.FilesTotal)]
            : [new(Texts.NewFiles, result.FilesNew), new(Texts.Changed, result.FilesChanged),
                new(Texts.Unchanged, result.FilesUnmodified)],
        Figure.Bytes(Texts.InAll, result.BytesTotal),
        Figure.Bytes(Texts.NewData, result.BytesAdded),
        Figure.Bytes(Texts.StoredCompressed, result.BytesStored),
    ];

    public override (long Files, long Bytes)? Moved(RunResult result) => (result.FilesTotal, result.BytesAdded);
}

public sealed record BackupSpec : RunSpec
{
    /// <summary>restic's host name for the machine; always given, so that it does not move with the system's.</summary>
    public required string Host { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>
    /// The plan's, for this run: the presets are expanded, the run's tags are in, conditions hold only where nobody
    /// asked for it by hand.
    /// </summary>
    /// <remarks>What it may take of the machine is <see cref="RunSpec.Resources"/>, in which the repository has its say.</remarks>
    public BackupOptions Options { get; init; } = new();
    public BackupMode Mode { get; init; }

    /// <summary>Bytes that the last run of the plan added; what the free-space check expects at least. 0: unknown.</summary>
    public long ExpectedBytes { get; init; }

    /// <summary>Files that the last snapshot of the plan has; 0: unknown, or <see cref="BackupRequest.EvenIfShrunk"/>.</summary>
    public long ExpectedFiles { get; init; }

    /// <summary>Its sources as earlier backups found them; none for <see cref="BackupRequest.EvenIfShrunk"/>.</summary>
    public IReadOnlyList<SourceFound> Before { get; init; } = [];

    /// <summary>See <see cref="BackupRequest"/>.</summary>
    public bool EvenIfShrunk { get; init; }

    /// <summary>When the last snapshot of the plan was made: a clock that is before it is wrong.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>For hooks and people.</summary>
    public string PlanName { get; init; } = "";
    public string RepositoryName { get; init; } = "";
}
