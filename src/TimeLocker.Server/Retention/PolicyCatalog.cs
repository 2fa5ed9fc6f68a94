using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Retention;

/// <summary>A named rule.</summary>
public sealed record NewPolicy
{
    public string? Name { get; init; }
    public RetentionPolicy? Policy { get; init; }

    /// <summary>The one that this was made from. 0: it takes the place of whatever is there.</summary>
    public int? Revision { get; init; }
}

/// <summary>A named rule, and how many plans and copies follow it.</summary>
/// <param name="UsedBy">Plans that have it, and copies of repositories.</param>
public sealed record PolicyUse(Guid Id, string Name, RetentionPolicy Policy, DateTimeOffset CreatedAt, int UsedBy,
    int Revision) : IRevised;

/// <summary>Policies with a name, for many plans.</summary>
public sealed class PolicyCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock)
{
    public async Task<IReadOnlyList<PolicyUse>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var uses = await db.Plans.Where(p => p.PolicyId != null && p.ArchivedAt == null).GroupBy(p => p.PolicyId!.Value)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var copies = await CopyPolicies.UsesAsync(db, ct);
        return [.. (await db.Policies.AsNoTracking().OrderBy(p => p.Name).ToListAsync(ct)).Select(p =>
            new PolicyUse(p.Id, p.Name, p.Policy, p.CreatedAt, uses.GetValueOrDefault(p.Id) + copies[p.Id].Count(), p.Revision))];
    }

    public async Task<PolicyUse> GetAsync(Guid id, CancellationToken ct = default) =>
        (await ListAsync(ct)).FirstOrDefault(p => p.Id == id) ?? throw Unknown();

    public Task<NamedPolicy> CreateAsync(NewPolicy wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return audit.ChangeAsync(who, "policy.created", async (db, note) =>
        {
            var policy = new NamedPolicy
            {
                Id = Guid.CreateVersion7(clock.GetUtcNow()),
                Name = await NameAsync(db, wanted.Name, null, ct),
                Policy = Rules(wanted),
                CreatedAt = clock.GetUtcNow(),
            };
            db.Policies.Add(policy);
            note.About("policy", policy.Id);
            return policy;
        }, ct);
    }

    /// <summary>Counts for every plan that has it. To keep less than before needs an Admin.</summary>
    public Task<NamedPolicy> UpdateAsync(Guid id, NewPolicy wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return audit.ChangeAsync(who, "policy.changed", async (db, note) =>
        {
            var policy = await db.Policies.SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw Unknown();
            var rules = Rules(wanted);
            if (rules.KeepsLessThan(policy.Policy))
            {
                who.MustBe(Role.Admin);
            }

            (policy.Name, policy.Policy) = (await NameAsync(db, wanted.Name, id, ct), rules);
            note.About("policy", id);
            return policy;
        }, ct);
    }

    /// <param name="name">Null: one is found ("Copy of …").</param>
    public async Task<NamedPolicy> DuplicateAsync(Guid id, string? name, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var all = await ListAsync(ct);
        var from = all.FirstOrDefault(p => p.Id == id) ?? throw Unknown();
        return await CreateAsync(new()
        {
            Name = name
            ?? PlanCopies.Free($"Copy of {from.Name}", all.Select(p => p.Name).ToHashSet()),
            Policy = from.Policy
        },
            who, ct);
    }

    public Task DeleteAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return audit.ChangeAsync(who, "policy.deleted", async (db, note) =>
        {
            var policy = await db.Policies.SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw Unknown();
            var users = await db.Plans.Where(p => p.PolicyId == id).OrderBy(p => p.ArchivedAt != null)
                .ThenBy(p => p.Name).ToListAsync(ct);
            if (users.Where(p => p.ArchivedAt is null).Select(p => p.Name)
                .Concat((await CopyPolicies.UsesAsync(db, ct))[id]).ToList() is { Count: > 0 } names)
            {
                throw new ProblemException(ProblemKind.Conflict,
                    Problems.PolicyCannotDeletedUses(policy.Name, ShortList.Of(names.ConvertAll(n => $"“{n}”"), 3), names.Count));
            }

            foreach (var plan in users)
            {
                plan.PolicyId = null; // archived: nothing of it is removed
            }

            db.Policies.Remove(policy);
            note.About("policy", id);
        }, ct);
    }

    private static RetentionPolicy Rules(NewPolicy wanted) =>
        (wanted.Policy ?? throw ProblemException.Invalid(Problems.PolicyNoRulesNone)).Checked();

    private static async Task<string> NameAsync(TimeLockerDb db, string? given, Guid? self, CancellationToken ct)
    {
        var name = Label.Checked("policy", given);
        return await db.Policies.AnyAsync(p => p.Name == name && p.Id != self, ct)
            ? throw new ProblemException(ProblemKind.Conflict, Problems.AlreadyPolicyNamesDiffer(name))
            : name;
    }

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Policy, Texts.SeeSettingsPolicies);
}
