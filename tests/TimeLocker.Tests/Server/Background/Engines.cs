using Microsoft.Extensions.Logging.Abstractions;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;

namespace TimeLocker.Tests.Server.Background;

internal static class Engines
{
    /// <summary>One that rings these works and nothing else.</summary>
    public static BackgroundEngine Of(TimeProvider clock, params IBackgroundWork[] works) => WithBook(clock, works).Engine;

    public static (BackgroundEngine Engine, WorkBook Book) WithBook(TimeProvider clock, params IBackgroundWork[] works)
    {
        var book = new WorkBook(clock, NullLogger<WorkBook>.Instance);
        return (new(works, book, new WallAlarm(clock), clock), book);
    }
}
