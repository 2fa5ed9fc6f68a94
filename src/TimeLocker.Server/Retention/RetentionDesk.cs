using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Triggers;

namespace TimeLocker.Server.Retention;

/// <summary>The rules of a plan: of its own, or a named policy; neither: everything stays.</summary>
public sealed record NewRetention
{
    public RetentionPolicy? Policy { get; init; }
    public Guid? PolicyId { get; init; }

    /// <summary>The one that this was made from: with another one by now, nothing is changed.</summary>
    public int? Revision { get; init; }
}

/// <summary>What stays and what goes: shown before, marked, and removed after a time of waiting.</summary>
public sealed partial class RetentionDesk(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, PinCatalog pins,
    IClockTrust trust, AgentRegistry agents, TimeProvider clock) : IRetention
{
    /// <summary>Something was marked or set, which may be due before anybody looks again.</summary>
    public event Action? Changed;

    internal void TellChanged() => Changed?.Invoke();

    /// <param name="other">Instead of the plan's own policy: one that is only tried.</param>
    /// <param name="copy">In this copy of the plan's repository, here and below; null: in the repository itself.</param>
    public async Task<RetentionPreview> PreviewAsync(Guid plan, RetentionPolicy? other, Guid? copy = null,
        CancellationToken ct = default)
    {
        var holding = await ReadAsync(plan, copy, ct);
        return Preview(holding, other?.Checked() ?? holding.Policy, other is null);
    }

    /// <summary>The same if everything stayed.</summary>
    public async Task<RetentionPreview> PreviewAllAsync(Guid plan, Guid? copy = null, CancellationToken ct = default) =>
        Preview(await ReadAsync(plan, copy, ct), null, own: false);

    public DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private RetentionPreview Preview(RetentionState holding, RetentionPolicy? policy, bool own)
    {
        var fates = holding.Decide(policy);
        List<SnapshotDecision> remove = [.. fates.Where(f => f.Reasons.Count == 0)];
        return new(holding.Plan.Id, policy,
            !own ? null : holding is { Original: not null, Place.Keeps: { } keeps } ? keeps.PolicyId
                : holding.Plan.PolicyId, own ? holding.PolicyName : null, [.. fates.Where(f => f.Reasons.Count > 0)],
                remove, [.. holding.Warnings()], holding.Blocked(trust))
        {
            AsksFirst = holding.AsksFirst(remove),
            KeepsLess = policy is not null && policy.KeepsLessThan(holding.Policy),
        };
    }

    /// <summary>Sets the rules of a plan. To keep less than before needs an Admin.</summary>
    public async Task<BackupPlan> SetAsync(Guid planId, NewRetention wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var changed = await audit.ChangeAsync(who, "plan.retention-set", async (db, note) =>
        {
            var plan = await db.Plans.SingleOrDefaultAsync(p => p.Id == planId && p.ArchivedAt == null, ct)
                ?? throw ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
            await PlanRetention.SetAsync(db, plan, wanted.Policy, wanted.PolicyId, who, ct);
            note.About("plan", planId);
            return plan;
        }, ct);
        TellChanged();
        return changed;
    }

    Task IRetention.ApplyAsync(Guid plan, Text why, Actor who, CancellationToken ct) => ApplyAsync(plan, why.Full, who, ct: ct);

    /// <summary>Marks what the policy does not keep; it is removed when it has waited long enough.</summary>
    /// <param name="why">For the audit trail.</param>
    public async Task ApplyAsync(Guid plan, string why, Actor who, Guid? copy = null, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var byHand = who.Via != Via.System;
        if (!byHand && !await DiffersAsync(plan, copy, ct))
        {
            return;
        }

        await audit.ChangeAsync(who, "retention.applied", async (db, note) =>
        {
            var (marked, spared) = await PendingRemovals.MarkAsync(db, plan, trust, clock.GetUtcNow(), byHand, copy, ct);
            note.About("plan", plan, PendingRemovals.Said(why, marked, spared, copy: copy));
        }, ct);
        TellChanged();
    }

    /// <summary>What waits for its removal, the next to go first.</summary>
    /// <param name="place">Only in this repository or copy; null: everywhere.</param>
    public async Task<IReadOnlyList<PendingRemoval>> PendingAsync(Guid? plan, Guid? place = null, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.PendingRemovals.AsNoTracking()
            .Where(p => (plan == null || p.PlanId == plan) && (place == null || p.RepositoryId == place))
            .OrderBy(p => p.RemoveAfter).ToListAsync(ct);
    }

    /// <summary>Brings a snapshot back that waits for its removal: it is pinned, so that it is not marked again.</summary>
    /// <param name="snapshot">Its id, or what that was first; or an unambiguous beginning.</param>
    public async Task<Pin> KeepAsync(Guid plan, string snapshot, string? reason, Actor who, Guid? copy = null,
        CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var holding = await ReadAsync(plan, copy, ct);
        var found = holding.Snapshots.Where(s => snapshot.Length >= 4
            && (s.Id.StartsWith(snapshot, StringComparison.Ordinal)
                || s.Original?.StartsWith(snapshot, StringComparison.Ordinal) == true)).ToList();
        var one = found is [var only] ? only : throw ProblemException.NotFound(Texts.SnapshotPlan, Texts.SeePlansKeepTab);
        if (holding.Pending.GetValueOrDefault(RetentionState.Key(one))?.RunId is { } id)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            if (await db.Runs.AnyAsync(r => r.Id == id && r.State != RunState.Ended && r.State != RunState.Queued, ct))
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.SnapshotBeingRemovedNow);
            }
        }

        if (!holding.Pending.ContainsKey(RetentionState.Key(one))
            && (await pins.ListAsync(holding.Place.Id, null,
                ct)).FirstOrDefault(p => p.Snapshot == RetentionState.Key(one)) is { } pinned)
        {
            return pinned; // somebody was quicker, or clicked twice
        }

        return await pins.PinAsync(new()
        {
            RepositoryId = holding.Place.Id,
            Snapshot = one.Id,
            Reason = string.IsNullOrWhiteSpace(reason) ? Texts.BroughtBack.Full : reason,
        }, who, ct);
    }

    private async Task<RetentionState> ReadAsync(Guid plan, Guid? copy, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await RetentionState.ReadAsync(db, plan, clock.GetUtcNow(), copy, ct) ?? throw Unknown(copy);
    }

    internal static ProblemException Unknown(Guid? copy) =>
        copy is null ? ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans)
            : ProblemException.NotFound(Texts.CopyPlansRepository, Texts.SeePlanCopiesRepository);

    private async Task<bool> DiffersAsync(Guid plan, Guid? copy, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await RetentionState.ReadAsync(db, plan, clock.GetUtcNow(), copy, ct) is { } holding
            && holding.Going is var going
            && (holding.Pending.Keys.Except(going.Select(f => f.Key)).Any()
                || (holding.Blocked(trust) is null && !holding.AsksFirst(going)
                    && going.Any(f => f.PendingSince is null)));
    }
}
