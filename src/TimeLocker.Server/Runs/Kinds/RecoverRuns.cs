using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Finds what removed snapshots held, as long as no prune has removed its data.</summary>
public sealed class RecoverRuns(RepositoryCatalog repositories, RunDesk runs)
{
    public async Task<Run> StartAsync(Guid repository, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return await runs.StartAsync(new RecoverRequest(), await repositories.GetAsync(repository, ct), who, ct);
    }
}
