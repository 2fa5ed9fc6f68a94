using System.Collections.Concurrent;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Server.Background;

namespace TimeLocker.Tests.Server.Background;

/// <summary>Work that does what a test wants, and says how often it was asked to.</summary>
internal class MadeUpWork : IBackgroundWork
{
    private readonly ConcurrentQueue<bool> runs = [];
    private Action wake = () => { };

    public string Name { get; init; } = "made-up";

    public Text Does => PluginText.Of("Does nothing.");

    public DateTimeOffset FirstAt { get; set; }

    public Func<DateTimeOffset, DateTimeOffset?> Then { get; set; } = _ => null;

    /// <summary>A run goes on, whatever is said, until this is over.</summary>
    public bool Waits { get; set; }
    public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<bool> Runs => [.. runs];
    public int Ended { get; private set; }
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public void Wake() => wake();

    public void Begin(Action wake) => this.wake = wake;

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        runs.Enqueue(asked);
        await (Waits ? Hangs.Task : Task.CompletedTask);
        return Then(Clock.GetUtcNow());
    }

    public Task EndAsync()
    {
        Ended++;
        return Task.CompletedTask;
    }
}

internal sealed class MadeUpWatch : MadeUpWork, IBackgroundWatch;
