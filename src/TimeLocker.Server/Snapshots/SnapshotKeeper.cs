using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Snapshots;

/// <summary>Reads the list of a repository's snapshots again when somebody says that it is stale. Does nothing otherwise.</summary>
public sealed class SnapshotKeeper(RepositoryCatalog repositories, SnapshotCatalog snapshots, ILogger<SnapshotKeeper> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var id in repositories.Stale.ReadAllAsync(stoppingToken))
        {
            try
            {
                await snapshots.RefreshAsync(id, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "the snapshots of repository {Repository} could not be read", id);
            }
        }
    }
}
