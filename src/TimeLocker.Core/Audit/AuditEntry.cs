namespace TimeLocker.Core.Audit;

/// <summary>One line of the audit trail. <see cref="Body"/> is hashed exactly as stored.</summary>
public sealed class AuditEntry
{
    public required long Seq { get; init; }

    /// <summary>One line of UTF-8 JSON; holds the leaf of the entry before.</summary>
    public required string Body { get; init; }

    /// <summary>SHA-256(0x00 ‖ body), 64 hex digits.</summary>
    public required string Leaf { get; init; }
}
