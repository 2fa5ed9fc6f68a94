using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Removes locks of programs that are gone.</summary>
public sealed class UnlockRuns(RepositoryCatalog repositories, RunDesk runs)
{
    public async Task<Run> StartAsync(Guid repository, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return await runs.StartAsync(new UnlockRequest(), await repositories.GetAsync(repository, ct), who, ct);
    }
}
