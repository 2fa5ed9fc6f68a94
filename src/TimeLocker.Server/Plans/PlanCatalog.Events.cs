using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;

namespace TimeLocker.Server.Plans;

public sealed partial class PlanCatalog
{
    /// <summary>
    /// The events that such a plan may wait for. Asked before anything is written: a machine may take its time to
    /// answer.
    /// </summary>
    /// <remarks>For one that is away this machine answers: most know the same.</remarks>
    /// <param name="plan">Null: a new one.</param>
    private async Task<IReadOnlyList<IExtension>> EventsAsync(NewPlan wanted, Guid? plan, CancellationToken ct)
    {
        var agent = wanted.Triggers.Count == 0 ? null
            : agents.Find(await MachineAsync(wanted, plan, ct)) ?? agents.Find(agents.LocalId);
        return agent is null ? [.. events] : [.. await agent.AskAsync(new ListTriggers(), ct), .. events];
    }

    private async Task<Guid> MachineAsync(NewPlan wanted, Guid? plan, CancellationToken ct)
    {
        if (plan is { } id)
        {
            return (await GetAsync(id, ct)).MachineId;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        return wanted.MachineId
            ?? await db.RepositoryReach.Where(m => m.RepositoryId == wanted.RepositoryId && m.IsHome)
                .Select(m => (Guid?)m.MachineId).FirstOrDefaultAsync(ct)
            ?? agents.LocalId;
    }
}
