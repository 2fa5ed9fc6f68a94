using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Retention;

/// <summary>
/// What is copied: whatever the copy's rules would keep if it were there. So nothing comes back that they removed, and
/// nothing is stored only to be removed. What belongs to no plan is copied, and so is everything where nothing can be
/// removed.
/// </summary>
public sealed class CopyChoice(IDbContextFactory<TimeLockerDb> databases, TimeProvider clock) : IWantedInCopy
{
    public async Task<IReadOnlyList<string>> OfAsync(Repository copy, IReadOnlyList<Snapshot> listed,
        IReadOnlyList<Snapshot> there, CancellationToken ct)
    {
        // A changed tag gives a snapshot a new id; a repaired one has another tree.
        var known = there.Select(s => (RetentionState.Key(s), s.Tree)).ToHashSet();
        var missing = listed.Where(s => !known.Contains((RetentionState.Key(s), s.Tree))).ToList();
        if (missing.Count == 0 || copy.AppendOnly)
        {
            return Ids(missing);
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var plans = await PlansAsync(db, copy.CopyOfId!.Value, missing, ct);
        List<Snapshot> wanted = [];
        foreach (var group in missing.GroupBy(s => plans.GetValueOrDefault(s.Id)))
        {
            wanted.AddRange(group.Key is { } plan
                && await RetentionState.ReadAsync(db, plan, clock.GetUtcNow(), copy.Id,
                    ct) is { Policy: not null } holding ? await KeptAsync(db, holding, [.. group], ct) : group);
        }

        return Ids(wanted);
    }

    private static async Task<IEnumerable<Snapshot>> KeptAsync(TimeLockerDb db, RetentionState holding,
        List<Snapshot> missing, CancellationToken ct)
    {
        var host = await db.Machines.Where(m => m.Id == holding.Plan.MachineId).Select(m => m.Host).SingleOrDefaultAsync(ct);
        var ours = missing.Where(s => s.Host == host).ToList(); // no rule removes the others
        var goes = (await holding.WithAsync(db, ours, ct)).Decide(holding.Policy).Where(f => f.Reasons.Count == 0)
            .Select(f => f.Id).ToHashSet();
        return missing.Where(s => s.Host != host || !goes.Contains(s.Id));
    }

    private static async Task<Dictionary<string, Guid?>> PlansAsync(TimeLockerDb db, Guid original,
        List<Snapshot> missing, CancellationToken ct)
    {
        var rows = await db.Snapshots.Where(s => s.RepositoryId == original && s.PlanId != null)
            .Select(s => new { s.Id, s.PlanId }).ToDictionaryAsync(s => s.Id, s => s.PlanId, ct);
        var runs = await db.Runs.Where(r => r.RepositoryId == original && r.PlanId != null)
            .Select(r => new { r.Id, r.PlanId }).ToDictionaryAsync(r => r.Id, r => r.PlanId, ct);
        return missing.ToDictionary(s => s.Id,
            s => rows.GetValueOrDefault(s.Id) ?? (s.RunId is { } run ? runs.GetValueOrDefault(run) : null));
    }

    // The oldest first, as they were made: what a copy that is cut off holds is whole.
    private static List<string> Ids(List<Snapshot> snapshots) => [.. snapshots.OrderBy(s => s.Time).Select(s => s.Id)];
}
