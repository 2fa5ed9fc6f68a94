using System.Text.Json.Serialization;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>A snapshot as restic prints it.</summary>
internal sealed record ResticSnapshot
{
    public required string Id { get; init; }
    public DateTimeOffset Time { get; init; }
    public string? Original { get; init; }
    public string? Tree { get; init; }
    public string? Hostname { get; init; }
    public string? Username { get; init; }
    public List<string>? Paths { get; init; }
    public List<string>? Tags { get; init; }
    public ResticSummary? Summary { get; init; }

    /// <summary>Its repository is not known here: the asker fills that in.</summary>
    public Snapshot ToSnapshot() => new()
    {
        RepositoryId = Guid.Empty,
        Id = Id,
        Original = Original,
        Time = Time,
        Host = Hostname ?? "",
        Username = Username ?? "",
        Paths = Paths ?? [],
        Tags = Tags ?? [],
        Tree = Tree,
        RunId = Snapshot.RunOf(Tags ?? []),
        Files = Summary?.TotalFilesProcessed,
        Bytes = Summary?.TotalBytesProcessed,
        BytesAdded = Summary?.DataAdded,
    };
}

/// <summary>Part of a snapshot since restic 0.17.</summary>
internal sealed record ResticSummary(long? TotalFilesProcessed, long? TotalBytesProcessed, long? DataAdded);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResticSnapshot))]
internal sealed partial class ResticJson : JsonSerializerContext;
