using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Repositories;

/// <summary>A machine that reaches a repository.</summary>
/// <param name="IsHome">It looks after the repository.</param>
/// <param name="Plans">Its plans that save to it, by name.</param>
public sealed record ReachingMachine(Guid Id, string Name, bool IsHome, bool IsAway, DateTimeOffset Since,
    IReadOnlyList<string> Plans);

/// <summary>
/// Which machines reach a repository. One is allowed when it was seen to reach it, and withdrawn when nothing of it
/// needs the repository any more.
/// </summary>
public sealed class RepositoryMachines(IDbContextFactory<TimeLockerDb> databases, RepositoryCatalog repositories,
    RepositoryAccess access,
    BackendCatalog backends, AgentRegistry agents, AuditLog audit, TimeProvider clock)
{
    private const int MostNamed = 5;

    /// <summary>Its home first.</summary>
    public async Task<IReadOnlyList<ReachingMachine>> ListAsync(Guid id, CancellationToken ct = default)
    {
        var repository = await repositories.GetAsync(id, ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var names = await db.Machines.Select(m => new { m.Id, m.Name }).ToDictionaryAsync(m => m.Id, m => m.Name, ct);
        var plans = (await Plans(db, id).Select(p => new { p.MachineId, p.Name })
            .ToListAsync(ct)).ToLookup(p => p.MachineId, p => p.Name);
        return [.. repository.Machines.Select(Of).OrderByDescending(m => m.IsHome).ThenBy(m => m.Name)];

        ReachingMachine Of(RepositoryReach reach) => new(reach.MachineId, names.GetValueOrDefault(reach.MachineId, "?"),
            reach.IsHome, agents.IsAway(reach.MachineId), reach.Since, [.. plans[reach.MachineId]]);
    }

    /// <param name="home">It looks after the repository from now on.</param>
    public async Task<IReadOnlyList<ReachingMachine>> AllowAsync(Guid id, Guid machine, bool home, Actor who,
        CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var (repository, there) = (await repositories.GetAsync(id, ct), await agents.GetAsync(machine, ct));
        if (!repository.IsReachedFrom(machine))
        {
            await RequireReachedAsync(repository, there, ct);
        }

        await audit.ChangeAsync(who, "repository.machine-allowed", async (db, note) =>
        {
            var known = await RepositoryCatalog.FindAsync(db, id, ct);
            if (!known.IsReachedFrom(machine))
            {
                db.Add(new RepositoryReach { RepositoryId = id, MachineId = machine, Since = clock.GetUtcNow() });
            }

            foreach (var one in known.Machines.Where(_ => home))
            {
                one.IsHome = one.MachineId == machine;
            }

            note.About("repository", id, new { machine, home });
        }, ct);
        return await ListAsync(id, ct);
    }

    public Task WithdrawAsync(Guid id, Guid machine, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return audit.ChangeAsync(who, "repository.machine-withdrawn", async (db, note) =>
        {
            var repository = await RepositoryCatalog.FindAsync(db, id, ct);
            var reach = repository.Machines.SingleOrDefault(m => m.MachineId == machine)
                ?? throw ProblemException.NotFound(Texts.Machine, Texts.SeeWhichMachinesReach);
            var name = await db.Machines.Where(m => m.Id == machine).Select(m => m.Name).SingleAsync(ct);
            if (await WhyNeededAsync(db, repository, reach, ct) is { } needed)
            {
                throw new ProblemException(ProblemKind.Conflict, Texts.StillNeeds(name, repository.Name), needed.Why, needed.Next);
            }

            db.Remove(reach);
            note.About("repository", id, new { machine });
        }, ct);
    }

    private static async Task<(Text Why, Text Next)?> WhyNeededAsync(TimeLockerDb db, Repository repository,
        RepositoryReach reach, CancellationToken ct)
    {
        if (reach.IsHome)
        {
            return repository.Machines.Count == 1
                ? (Texts.NoOtherMachine, Texts.AllowAnotherMachineOrRemove)
                : (Texts.LooksAfterIt, Texts.LetAnotherLookAfterIt);
        }

        var plans = await Plans(db, repository.Id).Where(p => p.MachineId == reach.MachineId).Select(p => p.Name).ToListAsync(ct);
        if (plans.Count > 0)
        {
            return (Texts.PlansMachineSave(ShortList.Of(plans.ConvertAll(p => $"“{p}”"), MostNamed)), Texts.ArchiveThemFirst);
        }

        var open = await db.Runs.AsNoTracking().Where(r => r.State != RunState.Ended && r.MachineId == reach.MachineId)
            .ToListAsync(ct);
        if (open.Any(r => !r.HasEnded
            && (r.RepositoryId == repository.Id
                || r.Request.Uses(r.RepositoryId).Any(use => use.Repository == repository.Id))))
        {
            return (Texts.RunNotEnded, Texts.WaitOrCancel);
        }

        var related = await db.Repositories.AsNoTracking()
            .Where(r => r.CopyOfId == repository.Id || r.Id == repository.CopyOfId).ToListAsync(ct);
        return related.FirstOrDefault(NeedsIt) is { } copied
            ? (Texts.NoOtherMachineReaches(copied.Name), Texts.AllowAnotherMachineBoth)
            : null;

        bool NeedsIt(Repository other) =>
            other.IsReachedFrom(reach.MachineId) && !repository.Machines.Any(m => m != reach && other.IsReachedFrom(m.MachineId));
    }

    private static IQueryable<BackupPlan> Plans(TimeLockerDb db, Guid repository) =>
        db.Plans.Where(p => p.RepositoryId == repository && p.ArchivedAt == null).OrderBy(p => p.Name);

    private async Task RequireReachedAsync(Repository repository, Machine machine, CancellationToken ct)
    {
        var backend = backends.Of(repository.Backend);
        await backends.RequireAsync(backend, machine.Id, ct);
        var facts = RepositoryChanges.Same(repository, await access.UseAsync(repository,
            (agent, target) => agent.AskAsync(new TestRepository(target), ct),
            found => found.State != RepositoryState.Ready, ct, machine.Id));
        if (facts.State != RepositoryState.Ready)
        {
            var why = facts.Problem
                ?? new(Text.Empty, Texts.NoRepositoryAddressMachine, Texts.LookWhetherMachineMay);
            throw new ProblemException(ProblemKind.Conflict, Texts.DoesNotReach(machine.Name, repository.Name), why.Why,
                backend.IsHere
                    ? Texts.FolderOneMachinesDisk
                    : why.Next);
        }
    }
}
