using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices;

/// <summary>The rules that a channel gets without anybody thinking about it.</summary>
internal static class UsualRules
{
    private static readonly List<NoticeEvent> Wrong =
    [
        NoticeEvent.Failed, NoticeEvent.Missed, NoticeEvent.Overdue, NoticeEvent.Damaged, NoticeEvent.CheckOverdue,
        NoticeEvent.SchedulerStopped, NoticeEvent.NotDelivered, NoticeEvent.PluginOff,
    ];
    private static readonly List<NoticeEvent> Runs = [NoticeEvent.Succeeded, NoticeEvent.Warned, NoticeEvent.Failed,
        NoticeEvent.Missed];

    public static IReadOnlyList<NoticeRule> For(INoticeChannel kind, Channel channel, bool wanted,
        DateTimeOffset now) => !wanted ? []
        : kind.Pings ? [RuleOf(channel, now, Texts.EveryRun, Runs, 1)]
        // lists go by id, and ids by time
        : [RuleOf(channel, now, Texts.SomethingWentWrong, Wrong, 1),
            RuleOf(channel, now.AddMilliseconds(1), Texts.WarnedTwiceInARow, [NoticeEvent.Warned], 2)];

    private static NoticeRule RuleOf(Channel channel, DateTimeOffset now, string name, List<NoticeEvent> events, int from) =>
        new() { Id = Guid.CreateVersion7(now), Name = name, ChannelId = channel.Id, Events = [.. events], FromTheTime = from };
}
