using Microsoft.Extensions.Hosting;

namespace TimeLocker.Server.Background;

/// <summary>Starts and stops all work in the background.</summary>
public sealed class BackgroundHost(BackgroundEngine engine, BackgroundWatchdog watcher) : IHostedService
{
    /// <summary>The watcher watches from the start; what it watches begins when the server is open.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        watcher.Begin();
        return Task.CompletedTask;
    }

    /// <summary>The server is open: runs of before the stop go on, and nothing can begin twice.</summary>
    public void Begin() => engine.Begin();

    /// <summary>What does not end in time holds up no stop.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(engine.StopAsync(), watcher.StopAsync()).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
