using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>What the next backup of a plan will probably be like, from its last snapshots of the same sources.</summary>
/// <param name="Bytes">What each of the last few added at least: a first, large one is no measure.</param>
/// <param name="Files">Those of the last snapshot. 0: unknown.</param>
/// <param name="After">The time of the plan's last snapshot, whatever its sources.</param>
internal sealed record Expectation(long Bytes, long Files, DateTimeOffset? After)
{
    private const int Looked = 20, Measured = 3;

    public static async Task<Expectation> OfAsync(TimeLockerDb db, BackupPlan plan, IReadOnlyList<string> sources, CancellationToken ct)
    {
        var latest = await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == plan.RepositoryId && s.PlanId == plan.Id).OrderByDescending(s => s.Time).Take(Looked).ToListAsync(ct);
        var alike = latest.Where(s => s.Paths.Order().SequenceEqual(sources.Order())).Take(Measured).ToList();
        return new Expectation(alike.Count > 1 ? alike.Min(s => s.BytesAdded ?? 0) : 0, alike.FirstOrDefault()?.Files ?? 0, latest.FirstOrDefault()?.Time);
    }
}
