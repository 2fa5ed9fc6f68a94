using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Snapshots;

/// <summary>One backed-up state, as the repository lists it. Never changes; restic gives a new id to a changed one.</summary>
public sealed class Snapshot
{
    public required Guid RepositoryId { get; init; }

    /// <summary>64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The id before tags were changed or it was copied; history is keyed on <c>Original ?? Id</c>.</summary>
    public string? Original { get; init; }

    public required DateTimeOffset Time { get; init; }
    public required string Host { get; init; }
    public string Username { get; init; } = "";
    public required List<string> Paths { get; init; }
    public List<string> Tags { get; init; } = [];

    /// <summary>Id of the root folder's tree; null until the repository was listed after a backup.</summary>
    public string? Tree { get; set; }

    /// <summary>From the <c>tlrun:</c> tag, and by that run, where it is known.</summary>
    public Guid? RunId { get; init; }
    public Guid? PlanId { get; set; }

    public long? Files { get; init; }
    public long? Bytes { get; init; }
    public long? BytesAdded { get; init; }

    public static Guid? RunOf(IEnumerable<string> tags) =>
        tags.FirstOrDefault(t => t.StartsWith(OwnTags.Run, StringComparison.Ordinal)) is { } tag
            && Guid.TryParseExact(tag[OwnTags.Run.Length..], "N", out var id) ? id : null;
}
