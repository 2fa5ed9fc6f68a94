using Microsoft.AspNetCore.Identity;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Server.Data;

/// <summary>A person with an account. <c>UserName</c> is what they sign in with.</summary>
public sealed class User : IdentityUser, IRevised
{
    public User() => Id = $"u_{Guid.CreateVersion7():N}";

    public int Revision { get; init; } = 1;

    [Edited(nameof(Texts.EditedRole))]
    public Role Role { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SignedInAt { get; set; }
    [Edited(nameof(Texts.EditedDisabledAt))]
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>The newest notice that this person has seen at the bell.</summary>
    public Guid? NoticesSeen { get; set; }
}

/// <summary>What a token opens besides its role: everything, or one feed and nothing else.</summary>
public enum TokenScope { All, Metrics, Calendar }

/// <summary>A key for programs. The token itself is shown once; only its hash is kept.</summary>
public sealed class ApiToken
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public TokenScope Scope { get; init; }

    /// <summary>SHA-256 of the token, hex.</summary>
    public required string Hash { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}
