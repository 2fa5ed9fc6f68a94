using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Plans;

/// <summary>Which policy a plan has: its own, or one with a name. Who keeps less than before has to be an Admin.</summary>
public static class PlanRetention
{
    /// <summary>The policy that counts, and its name; null: everything stays.</summary>
    public static async Task<(RetentionPolicy? Policy, string? Name)> OfAsync(TimeLockerDb db, BackupPlan plan,
        CancellationToken ct = default) =>
        plan.PolicyId is { } id
            && await db.Policies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } named
            ? (named.Policy, named.Name) : (plan.Retention, null);

    /// <summary>Gives a plan its policy, in the change that is under way.</summary>
    public static async Task SetAsync(TimeLockerDb db, BackupPlan plan, RetentionPolicy? own, Guid? policyId, Actor who,
        CancellationToken ct = default)
    {
        if (own is not null && policyId is not null)
        {
            throw ProblemException.Invalid(Problems.PlanOnePolicyBoth);
        }

        var before = (await OfAsync(db, plan, ct)).Policy;
        own = own?.Checked();
        var after = policyId is { } id
            ? (await db.Policies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct)
                ?? throw ProblemException.NotFound(Texts.Policy, Texts.SeeSettingsPolicies)).Policy : own;
        var isNew = db.Entry(plan).State is EntityState.Detached or EntityState.Added;
        if (!isNew && after is not null && after.KeepsLessThan(before))
        {
            who.MustBe(Role.Admin);
        }

        (plan.Retention, plan.PolicyId) = (own, policyId);
    }
}
