using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Plans;

/// <summary>
/// Which plans save to the disk that their files are on: found by their runs, kept with the repository's maintenance.
/// </summary>
internal static class PlanDisks
{
    /// <summary>A further copy of the repository is elsewhere, so it lifts the doubt.</summary>
    public static async Task<IReadOnlyList<BackupPlan>> NoteAsync(TimeLockerDb db, IReadOnlyList<BackupPlan> plans,
        CancellationToken ct)
    {
        var places = await db.Repositories.AsNoTracking()
            .Select(r => new { r.Id, r.Maintenance, r.CopyOfId, r.CopiedAt }).ToListAsync(ct);
        var copied = places.Where(r => r.CopiedAt is not null).Select(r => r.CopyOfId).ToHashSet();
        var same = places.Where(r => !copied.Contains(r.Id)).SelectMany(r => r.Maintenance.SameDisk).ToHashSet();
        foreach (var plan in plans)
        {
            plan.OnOneDisk = same.Contains(plan.Id);
        }

        return plans;
    }
}
