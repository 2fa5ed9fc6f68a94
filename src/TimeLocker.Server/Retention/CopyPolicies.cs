using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Retention;

/// <summary>Which policy counts for a plan's snapshots in a place: in a copy the plan's own, unless the copy has one.</summary>
internal static class CopyPolicies
{
    /// <summary>The policy, and its name; null: everything stays.</summary>
    public static async Task<(RetentionPolicy? Policy, string? Name)> OfAsync(TimeLockerDb db, BackupPlan plan,
        Repository place, CancellationToken ct = default) =>
        place.CopyOfId is null || place.Keeps is not { } keeps ? await PlanRetention.OfAsync(db, plan, ct)
        : keeps.PolicyId is { } id
            && await db.Policies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } named
            ? (named.Policy, named.Name) : (keeps.Policy, null);

    /// <summary>The copies that have a named policy.</summary>
    public static async Task<ILookup<Guid, string>> UsesAsync(TimeLockerDb db, CancellationToken ct) =>
        (await db.Repositories.AsNoTracking().Where(r => r.Keeps != null).OrderBy(r => r.Name)
            .ToListAsync(ct)).Where(r => r.Keeps!.PolicyId is not null).ToLookup(r => r.Keeps!.PolicyId!.Value,
            r => r.Name);
}
