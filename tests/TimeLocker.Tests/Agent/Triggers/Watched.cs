using System.Threading.Channels;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>A trigger under watch, its firings in a queue.</summary>
internal sealed class Watched : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly Channel<Firing> firings = Channel.CreateUnbounded<Firing>();
    private readonly Task work;

    public Watched(IEventTrigger trigger, params (string Name, string Value)[] values)
    {
        var given = new FieldValues(values.ToDictionary(v => v.Name, v => v.Value)).Checked(trigger);
        work = Task.Run(async () =>
        {
            try
            {
                await foreach (var firing in trigger.WatchAsync(given, ending.Token))
                {
                    firings.Writer.TryWrite(firing);
                }

                firings.Writer.Complete();
            }
            catch (Exception fault)
            {
                firings.Writer.Complete(fault);
            }
        });
    }

    /// <summary>The next firing; fails after a minute, and throws what ended the watch.</summary>
    public async Task<Firing> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            return await firings.Reader.ReadAsync(limit.Token);
        }
        catch (ChannelClosedException e) when (e.InnerException is { } fault)
        {
            throw fault;
        }
    }

    /// <returns>Null: nothing came within that time.</returns>
    public async Task<Firing?> WithinAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            return await firings.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public bool IsQuiet => firings.Reader.Count == 0;

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await work;
        ending.Dispose();
    }
}
