using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;

namespace TimeLocker.Tests.Server.Background;

internal static class Engines
{
    /// <summary>One that rings these works and nothing else.</summary>
    public static BackgroundEngine Of(TimeProvider clock, params IBackgroundWork[] works) => WithBook(clock, works).Engine;

    public static (BackgroundEngine Engine, WorkRegistry Book) WithBook(TimeProvider clock,
        params IBackgroundWork[] works) => WithBook(clock, NullLogger<WorkRegistry>.Instance, works);

    public static (BackgroundEngine Engine, WorkRegistry Book) WithBook(TimeProvider clock, ILogger<WorkRegistry> log,
        params IBackgroundWork[] works)
    {
        var book = new WorkRegistry(clock, log);
        return (new(works, book, new WallClockTimer(clock), clock), book);
    }
}

/// <summary>What the log is told.</summary>
internal sealed class SaidLog : ILogger<WorkRegistry>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));
}
