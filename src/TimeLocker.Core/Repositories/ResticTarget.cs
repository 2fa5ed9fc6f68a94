using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories;

/// <summary>All that restic needs to reach a repository. Held in memory only: secrets are resolved just before they are used.</summary>
public sealed record ResticTarget
{
    /// <summary>The value of RESTIC_REPOSITORY; contains no secret.</summary>
    public required string Location { get; init; }

    public Secret Password { get; init; } = Secret.Empty;

    /// <summary>The backend's own variables (credentials, region …), handed to restic's environment and nothing else's.</summary>
    public IReadOnlyDictionary<string, Secret> Environment { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Values for <c>-o</c>, from a fixed set of keys; never <c>*.command</c>, <c>*.program</c>, <c>*.args</c> with outside input.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The repository's folder on the machine that runs restic, or null: lets identity and free space be checked without restic.</summary>
    public string? Folder { get; init; }

    /// <summary>restic's repository id, pinned at first contact; null before.</summary>
    public string? PinnedId { get; init; }

    /// <summary>SHA-256 (hex) of the repository's config file, which restic never rewrites; null where it cannot be read cheaply.</summary>
    public string? PinnedConfig { get; init; }
}
