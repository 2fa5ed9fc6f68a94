using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Asks how large a repository is, for places that cannot be looked at.</summary>
public sealed class StatsRuns(RepositoryCatalog repositories, RunDesk runs)
{
    public async Task<Run> StartAsync(Guid repository, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return await runs.StartAsync(new StatsRequest(), await repositories.GetAsync(repository, ct), who, ct);
    }
}
