using System.Text.Json.Serialization;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Backups;

/// <summary>How much work restic puts into making data smaller.</summary>
public enum Compression { Auto, Off, Fastest, Better, Max }

/// <summary>
/// How a plan backs up. One record for the form, the API, the command line, the database and the machine, so that a setting is written here once.
/// In JSON its members stand beside those of the plan, see <see cref="FlatAttribute"/>.
/// </summary>
public sealed record BackupOptions
{
    /// <summary>restic patterns of what is left out, one each.</summary>
    [Edited("patterns to leave out")]
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>Names of <see cref="ExcludePreset"/>s.</summary>
    [Edited("left out")]
    public IReadOnlyList<string> ExcludePresets { get; init; } = [];

    /// <summary>Skip a folder that holds a file of this name (or <c>name:header</c>).</summary>
    [Edited("folders skipped by a file in them")]
    public IReadOnlyList<string> ExcludeIfPresent { get; init; } = [];

    /// <summary>Skip a folder that a program has marked as a cache (CACHEDIR.TAG).</summary>
    [Edited("skip folders marked as a cache")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool ExcludeCaches { get; init; } = true;

    /// <summary>Other disks and network drives inside the sources are not followed.</summary>
    [Edited("stay on one file system")]
    public bool OneFileSystem { get; init; }

    /// <summary>Of its snapshots, beside TimeLocker's own.</summary>
    [Edited("tags")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How hard restic compresses.</summary>
    [Edited("compression")]
    public Compression Compression { get; init; }

    /// <summary>Beside those of the repository; the stricter value counts.</summary>
    [Edited("speed and priority")]
    public ResourceRules Resources { get; init; } = ResourceRules.None;

    /// <summary>What a program prints is saved instead of the plan's sources.</summary>
    [Edited("program whose output is saved")]
    public CommandSource? Command { get; init; }

    /// <summary>Programs that run around the backup, in this order.</summary>
    [Edited("programs around the backup")]
    public IReadOnlyList<Hook> Hooks { get; init; } = [];

    /// <summary>Hours in which it may begin by itself.</summary>
    [Edited("hours")]
    public PlanWindows Windows { get; init; } = PlanWindows.Always;

    /// <summary>When a backup that nobody asked for by hand is left out.</summary>
    [Edited("when it is left out")]
    public RunConditions Conditions { get; init; } = RunConditions.None;

    /// <summary>What happens after a failure that may pass by itself.</summary>
    [Edited("further tries")]
    public RetryRules Retries { get; init; } = RetryRules.Usual;
}
