using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Removals of snapshots. Which may go is decided in the room Retention.</summary>
public sealed class ForgetRuns(IDbContextFactory<TimeLockerDb> databases, RepositoryCatalog repositories, RunDesk runs)
{
    /// <summary>A command line holds about so many ids.</summary>
    public const int MostAtOnce = 1000;

    /// <param name="snapshots">Full ids.</param>
    /// <param name="id">The id that the run gets, where it was written down before.</param>
    /// <param name="copy">Out of this copy of the plan's repository; null: out of the repository itself.</param>
    public async Task<Run> StartAsync(
        Guid planId, IReadOnlyList<string> snapshots, Actor who, Guid? id = null, Guid? copy = null, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId, ct)
            ?? throw ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
        var place = await repositories.GetAsync(copy ?? plan.RepositoryId, ct);
        place.MustLetRemove();
        var known = await db.Snapshots
            .Where(s => s.RepositoryId == place.Id && s.PlanId == planId && snapshots.Contains(s.Id))
            .Select(s => s.Original ?? s.Id)
            .ToListAsync(ct);
        if (known.Count == 0 || known.Count != snapshots.Count || known.Count > MostAtOnce)
        {
            throw new ProblemException(ProblemKind.Conflict,
                Problems.TheseSnapshotsCannotRemoved(known.Count, snapshots.Count, plan.Name, MostAtOnce));
        }

        var title = place.Id == plan.RepositoryId ? Texts.SnapshotsOfPlan(known.Count, plan.Name)
            : Texts.SnapshotsOfPlanIn(known.Count, plan.Name, place.Name);
        return await runs.StartAsync(new ForgetRequest(known, false), place, who, ct, title, plan: plan.Id, id: id);
    }
}

/// <summary>What is still there and not pinned at its turn.</summary>
internal sealed class ForgetSpecs(SnapshotIds ids) : ISpecBuilder
{
    public async Task<RunSpec?> BuildAsync(Run run, ResticTarget target, CancellationToken ct) =>
        run.Request is not ForgetRequest forget ? null
        : new ForgetSpec(await ids.NowAsync(run, forget.Snapshots, ct), forget.DryRun) { RunId = run.Id, Target = target };
}
