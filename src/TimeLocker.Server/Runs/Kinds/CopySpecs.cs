using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>
/// What is copied is asked for at its turn: what both hold then is what counts. A copy that is at work already was
/// told.
/// </summary>
internal sealed class CopySpecs(RepositoryCatalog repositories, RepositoryAccess access, AgentRegistry agents,
    IWantedInCopy choice) : ISpecBuilder
{
    public async Task<RunSpec?> BuildAsync(Run run, ResticTarget target, CancellationToken ct)
    {
        if (run.Request is not CopyRequest request)
        {
            return null;
        }

        var from = await access.TargetAsync(await repositories.GetAsync(request.From, ct), ct);
        var spec = new CopySpec(from) { RunId = run.Id, Target = target };
        var agent = agents.Reach(run.MachineId);
        if (await agent.KnowsAsync(run.Id, ct))
        {
            return spec;
        }

        var copy = await repositories.GetAsync(run.RepositoryId, ct);
        var listed = await agent.ReadAsync(new ListSnapshots(from), ct).ToListAsync(ct);
        var there = await agent.ReadAsync(new ListSnapshots(target), ct).ToListAsync(ct);
        return spec with { Snapshots = await choice.OfAsync(copy, listed, there, ct) };
    }
}
