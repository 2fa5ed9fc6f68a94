using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Repositories;

/// <summary>What is known of a repository's maintenance: kept with it, replaced as a whole when a run of that kind ends.</summary>
public sealed record MaintenanceRecord
{
    public static MaintenanceRecord Unknown { get; } = new();

    public MaintenanceMark? Check { get; init; }
    public MaintenanceMark? Prune { get; init; }

    /// <summary>The last run that removed snapshots: what only they needed takes room until a prune.</summary>
    public MaintenanceMark? Removal { get; init; }
    public MaintenanceMark? Stats { get; init; }

    /// <summary>How much of the stored data was read again and compared.</summary>
    public Coverage Coverage { get; init; } = Coverage.Fresh;

    /// <summary>Found by a check and not yet mended; null: none is known.</summary>
    public Damage? Damage { get; init; }

    /// <summary>Plans of which the last backup found files on the repository's own disk.</summary>
    public IReadOnlyList<Guid> SameDisk { get; init; } = [];

    /// <summary>From the last <c>stats</c>: stored bytes uncompressed, and blobs.</summary>
    public long? UncompressedBytes { get; init; }
    public long? Blobs { get; init; }
}

/// <summary>The last run of a kind.</summary>
public sealed record MaintenanceMark(DateTimeOffset At, Guid RunId, RunOutcome Outcome);

/// <summary>What a check found to be damaged.</summary>
/// <param name="Packs">Ids of damaged or missing pack files.</param>
/// <param name="Snapshots">Ids of the snapshots that need them, as far as they could be found.</param>
/// <param name="Messages">restic's own words, the first few.</param>
/// <param name="Index">The index is wrong or incomplete: <c>repair index</c> comes first.</param>
public sealed record Damage(
    DateTimeOffset FoundAt,
    Guid RunId,
    IReadOnlyList<string> Packs,
    IReadOnlyList<string> Snapshots,
    IReadOnlyList<Text> Messages,
    bool Index)
{
    /// <summary>How deep the check that found it had looked: a check that looks less deep does not prove it gone.</summary>
    public CheckDepth Depth { get; init; }
    public int Part { get; init; }
}

/// <summary>The rolling check of the stored data: part n of t each time, until all was read once.</summary>
public sealed record Coverage
{
    public const int Parts = 20;

    public static Coverage Fresh { get; } = new();

    /// <summary>Parts (1 … <see cref="Parts"/>) read since <see cref="Since"/>.</summary>
    public IReadOnlyList<int> Done { get; init; } = [];
    public DateTimeOffset? Since { get; init; }

    /// <summary>When every part had been read last.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The part to read next.</summary>
    public int Next => Enumerable.Range(1, Parts).First(part => !Done.Contains(part));

    public Coverage With(int part, DateTimeOffset at)
    {
        var done = Done.Contains(part) ? Done : [.. Done.Append(part).Order()];
        return done.Count < Parts ? this with { Done = done, Since = Since ?? at } : new Coverage { CompletedAt = at };
    }

    /// <summary>A check that read everything.</summary>
    public static Coverage Whole(DateTimeOffset at) => new() { CompletedAt = at };
}

/// <summary>How large a repository was at the end of a day. One row a repository and day, for the growth chart.</summary>
public sealed class RepositoryDay
{
    public required Guid RepositoryId { get; init; }
    public required DateOnly Day { get; init; }
    public long StoredBytes { get; set; }
    public int Snapshots { get; set; }
}
