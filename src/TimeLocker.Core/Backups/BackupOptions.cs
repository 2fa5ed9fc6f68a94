using System.Text.Json.Serialization;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Backups;

/// <summary>How much work restic puts into making data smaller.</summary>
public enum Compression { Auto, Off, Fastest, Better, Max }

/// <summary>
/// How a plan backs up. One record for the form, the API, the command line, the database and the machine, so that a
/// setting is written here once. In JSON its members stand beside those of the plan, see <see cref="FlatAttribute"/>.
/// </summary>
public sealed record BackupOptions
{
    /// <summary>restic patterns of what is left out, one each.</summary>
    [Edited(nameof(Texts.EditedExcludes))]
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>Names of <see cref="ExcludePreset"/>s.</summary>
    [Edited(nameof(Texts.EditedExcludePresets))]
    public IReadOnlyList<string> ExcludePresets { get; init; } = [];

    /// <summary>Skip a folder that holds a file of this name (or <c>name:header</c>).</summary>
    [Edited(nameof(Texts.EditedExcludeIfPresent))]
    public IReadOnlyList<string> ExcludeIfPresent { get; init; } = [];

    /// <summary>Skip a folder that a program has marked as a cache (CACHEDIR.TAG).</summary>
    [Edited(nameof(Texts.EditedExcludeCaches))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool ExcludeCaches { get; init; } = true;

    /// <summary>Other disks and network drives inside the sources are not followed.</summary>
    [Edited(nameof(Texts.EditedOneFileSystem))]
    public bool OneFileSystem { get; init; }

    /// <summary>Of its snapshots, beside TimeLocker's own.</summary>
    [Edited(nameof(Texts.EditedTags))]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How hard restic compresses.</summary>
    [Edited(nameof(Texts.EditedCompression))]
    public Compression Compression { get; init; }

    /// <summary>Beside those of the repository; the stricter value counts.</summary>
    [Edited(nameof(Texts.EditedResources))]
    public ResourceRules Resources { get; init; } = ResourceRules.None;

    /// <summary>What a program prints is saved instead of the plan's sources.</summary>
    [Edited(nameof(Texts.EditedCommand))]
    public CommandSource? Command { get; init; }

    /// <summary>Programs that run around the backup, in this order.</summary>
    [Edited(nameof(Texts.EditedHooks))]
    public IReadOnlyList<Hook> Hooks { get; init; } = [];

    /// <summary>Hours in which it may begin by itself.</summary>
    [Edited(nameof(Texts.EditedWindows))]
    public PlanWindows Windows { get; init; } = PlanWindows.Always;

    /// <summary>When a backup that nobody asked for by hand is left out.</summary>
    [Edited(nameof(Texts.EditedConditions))]
    public RunConditions Conditions { get; init; } = RunConditions.None;

    /// <summary>What happens after a failure that may pass by itself.</summary>
    [Edited(nameof(Texts.EditedRetries))]
    public RetryRules Retries { get; init; } = RetryRules.Usual;
}
