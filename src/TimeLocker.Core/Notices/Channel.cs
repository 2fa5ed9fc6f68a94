using TimeLocker.Core.Extensions;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Core.Notices;

/// <summary>A way to reach people. Its secrets are in the vault, with the owner <c>channel:id</c>.</summary>
public sealed class Channel : IRevised
{
    public required Guid Id { get; init; }
    public int Revision { get; init; } = 1;
    [Edited(nameof(Texts.EditedName), OfPeople = true)]
    public required string Name { get; set; }

    /// <summary>Of an <see cref="INoticeChannel"/>.</summary>
    public required string Kind { get; init; }
    [Edited(nameof(Texts.EditedValues), OfPeople = true)]
    public required Dictionary<string, string> Values { get; set; }
    [Edited(nameof(Texts.EditedEnabled))]
    public bool Enabled { get; set; } = true;

    /// <summary>Nothing but errors is sent in these hours (server's zone); it is sent when they end.</summary>
    [Edited(nameof(Texts.EditedQuietHours))]
    public List<TimeWindow> QuietHours { get; set; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastSentAt { get; set; }
    public Problem? Trouble { get; set; }
}

/// <summary>How often a summary is sent.</summary>
public enum DigestRhythm { None, Daily, Weekly }

/// <summary>Who gets what: events of some plans, to one channel.</summary>
public sealed class NoticeRule : IRevised
{
    public required Guid Id { get; init; }
    public int Revision { get; init; } = 1;
    [Edited(nameof(Texts.EditedName), OfPeople = true)]
    public required string Name { get; set; }
    [Edited(nameof(Texts.EditedChannelId))]
    public required Guid ChannelId { get; set; }
    [Edited(nameof(Texts.EditedEvents))]
    public required List<NoticeEvent> Events { get; set; }

    /// <summary>Empty: all plans and repositories.</summary>
    [Edited(nameof(Texts.EditedPlans))]
    public List<Guid> Plans { get; set; } = [];

    /// <summary>
    /// Only from the so-maniest time in a row ("warning twice", escalation after three misses). Failures count from the
    /// first unless it is more than 1.
    /// </summary>
    [Edited(nameof(Texts.EditedFromTheTime))]
    public int FromTheTime { get; set; } = 1;
    [Edited(nameof(Texts.EditedDigest))]
    public DigestRhythm Digest { get; set; }
    [Edited(nameof(Texts.EditedEnabled))]
    public bool Enabled { get; set; } = true;

    public bool Wants(Notice notice) => notice.Event == NoticeEvent.Digest
        ? Digest != DigestRhythm.None
            && notice.Key.StartsWith($"digest:{Digest.ToString().ToLowerInvariant()}", StringComparison.Ordinal)
        : Events.Contains(notice.Event) && notice.InARow >= FromTheTime
            && (Plans.Count == 0 || (notice.PlanId is { } plan && Plans.Contains(plan)));
}

/// <summary>A notice on its way to a channel. One row a pair, so that nothing is sent twice and nothing is lost.</summary>
public sealed class OutboxItem
{
    public required Guid Id { get; init; }
    public required Guid NoticeId { get; init; }
    public required Guid ChannelId { get; init; }
    public required DateTimeOffset NotBefore { get; set; }
    public int Tries { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public DateTimeOffset? GivenUpAt { get; set; }
    public Problem? Trouble { get; set; }
}

/// <summary>What a channel sends.</summary>
/// <param name="Key">The same for every try: receivers that know of idempotency keys drop the second.</param>
/// <param name="Url">Of the page, absolute, where the address of the dashboard is known.</param>
public sealed record NoticeMessage(string Key, NoticeEvent Event, NoticeLevel Level, string Title, string Text,
    string? Url, DateTimeOffset At, string Installation)
{
    /// <summary>The plan or repository that it is about, for people; null: none.</summary>
    public string? Subject { get; init; }
}

public interface INoticeChannel : IExtension
{
    /// <summary>One sentence to help choose: what it needs, or what it is good for.</summary>
    Text Summary { get; }

    /// <summary>
    /// Informs a program that waits for signs, not a person: it wants to hear of every run, and can be sent signs of
    /// life.
    /// </summary>
    bool Pings => false;

    /// <summary>What most people have: offered where the first plan is made.</summary>
    bool IsUsual => false;

    /// <summary>How often it is to be sent a sign of life; null: never.</summary>
    TimeSpan? AliveEvery(FieldValues values) => null;

    /// <exception cref="ProblemException">It was not taken. Of kind Unavailable: may be tried again; any other: not
    /// before a person has changed something.</exception>
    Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct);
}
