using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

public sealed partial class RunCoordinator
{
    // Asked at its turn: what both hold then is what counts. A copy that is at work already was told.
    private async Task<CopySpec> CopyAsync(Run run, CopyRequest request, ResticTarget target, CancellationToken ct)
    {
        var (agent, from) = (agents.Find(run.MachineId), await repositories.TargetAsync(await repositories.GetAsync(request.From, ct), ct));
        var spec = new CopySpec(from) { RunId = run.Id, Target = target };
        return agent.Knows(run.Id) ? spec
            : spec with { Snapshots = await wantedInCopy(await repositories.GetAsync(run.RepositoryId, ct), await agent.ReadAsync(new ListSnapshots(from), ct).ToListAsync(ct), await agent.ReadAsync(new ListSnapshots(target), ct).ToListAsync(ct), ct) };
    }
}
