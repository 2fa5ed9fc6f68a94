using TimeLocker.Core;

namespace TimeLocker.Server.Background;

/// <summary>
/// Work of the server's own that nobody waits for: it looks, does what is due, and says when to look again. It may fail
/// at any time: it is tried again.
/// </summary>
public interface IBackgroundWork
{
    /// <summary>The word by which the API and the command line know it.</summary>
    string Name { get; }

    /// <summary>What it does, for people.</summary>
    Text Does { get; }

    /// <summary>When it runs for the first time; usually at once.</summary>
    DateTimeOffset FirstAt => DateTimeOffset.MinValue;

    /// <summary>Does what is due. Never twice at the same time.</summary>
    /// <param name="asked">Somebody has woken it, or it failed before; else the moment has come that it named.</param>
    /// <param name="ct">The server stops. The same for all runs: what goes on between them ends by it, too.</param>
    /// <returns>When to look again; null: when it is woken.</returns>
    Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct);

    /// <summary>Called once before the first run.</summary>
    /// <param name="wake">Has it run at once, or once more after the run that goes on. From any thread.</param>
    void Begin(Action wake)
    {
    }

    /// <summary>Called once after the last run: waits for the end of what goes on between two of them.</summary>
    Task EndAsync() => Task.CompletedTask;
}

/// <summary>Sees to it that the others do not stand still; so it shares neither their timer nor what rings them.</summary>
public interface IBackgroundWatch : IBackgroundWork;
