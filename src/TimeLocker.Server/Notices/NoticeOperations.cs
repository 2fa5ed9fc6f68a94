using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Notices;

public static class NoticeOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("notices.list", "/notices", Role.Viewer, "The notices, newest first.",
            (NoticeFeed notices, Actor who, string? @event, string? level, Guid? after, int? limit, CancellationToken ct) =>
                notices.ListAsync(new()
                {
                    Event = QueryEnum.Read<NoticeEvent>(nameof(@event), @event),
                    Level = QueryEnum.Read<NoticeLevel>(nameof(level), level),
                    After = after,
                    Limit = limit ?? 50,
                }, who, ct));
        map.Put("notices.self", "/notices/self", Role.Admin,
            "Says that an Admin looks at the dashboard, so that nobody has to be told: the Overview does not say "
                + "any more that nobody is.",
            (NoticeReaders listeners, NoticeReader wanted, Actor who,
                CancellationToken ct) => listeners.ChangeAsync(wanted, who, ct));
        map.Post("notices.seen", "/notices/seen", Role.Viewer,
            "Marks all notices as seen by the person who asks; a token has none to mark.",
            (NoticeFeed notices, Actor who, CancellationToken ct) => notices.MarkSeenAsync(who, ct));
    }
}
