using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>A rule as a whole: who gets what.</summary>
public sealed record NewRule
{
    /// <summary>Empty: named after its events.</summary>
    public string? Name { get; init; }
    public Guid ChannelId { get; init; }
    public List<NoticeEvent> Events { get; init; } = [];

    /// <summary>Empty: all plans and repositories.</summary>
    public List<Guid> Plans { get; init; } = [];
    public int FromTheTime { get; init; } = 1;
    public DigestRhythm Digest { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>The one that this was made from. 0: it takes the place of whatever is there.</summary>
    public int? Revision { get; init; }
}
