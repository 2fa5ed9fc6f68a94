using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>A fact about this installation that is not about any object: its id, the kind of secret store …</summary>
public sealed class Setting
{
    public required string Name { get; init; }
    public required string Value { get; set; }
}

/// <summary>A person's change of a thing: who made it, and what was there before.</summary>
public sealed class RevisionRow
{
    /// <summary>As the audit trail names it, for example <c>plan:0199…</c>.</summary>
    public required string Thing { get; init; }

    /// <summary>The one that the change led to.</summary>
    public required int Revision { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Actor id.</summary>
    public required string By { get; init; }

    /// <summary>The fields that it changed, as they were stored until then.</summary>
    public required Dictionary<string, string> Before { get; init; }
}

/// <summary>An encrypted secret (see Core's envelope): owner and field are bound into the ciphertext.</summary>
public sealed class SealedSecret
{
    /// <summary>What it belongs to, for example <c>repository:0199…</c>.</summary>
    public required string Owner { get; init; }
    public required string Field { get; init; }
    public required int Version { get; set; }
    public required byte[] Nonce { get; set; }
    public required byte[] Cipher { get; set; }
}

/// <summary>An unreadable path of a run; beside the run, so that lists of runs never load it.</summary>
public sealed class RunIssueRow
{
    public required Guid RunId { get; init; }
    public required int Ordinal { get; init; }
    public required string Path { get; init; }
    public required Text Message { get; init; }
}

/// <summary>The edge of the audit trail's Merkle tree; one row.</summary>
public sealed class AuditEdge
{
    public int Id { get; init; } = 1;
    public required long Size { get; set; }
    public required List<string> Nodes { get; set; }
    public required string LastLeaf { get; set; }
}
