using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Retention;

/// <summary>Removes what has waited long enough, decided once more at the last moment; and looks each day at what waits.</summary>
public sealed class RemovalDesk(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, RetentionDesk retention,
    ForgetRuns runs, PinCatalog pins,
    IClockTrust trust, TimeProvider clock, ILogger<RemovalDesk> log)
{
    /// <summary>When the next snapshot has waited long enough, of those that no run removes already.</summary>
    public async Task<DateTimeOffset?> NextAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.PendingRemovals.Where(p => p.RunId == null).MinAsync(p => (DateTimeOffset?)p.RemoveAfter, ct);
    }

    /// <summary>Removes what has waited long enough: one run for each plan and place.</summary>
    public Task ForgetDueAsync(CancellationToken ct = default) => ForgetDueAsync(Actor.System, ct);

    /// <summary>
    /// The look of the day: marks, lets go what need not go any more, ends pins that are over, and lets failed removals
    /// be tried again.
    /// </summary>
    public Task SweepAsync(CancellationToken ct = default) => SweepAsync(Actor.System, ct);

    private async Task ForgetDueAsync(Actor who, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        foreach (var due in await db.PendingRemovals.Where(p => p.RunId == null && p.RemoveAfter <= now)
            .Select(p => new { p.PlanId, p.RepositoryId }).Distinct().ToListAsync(ct))
        {
            await GuardedAsync(due.PlanId, () => ForgetAsync(due.PlanId, due.RepositoryId, who, ct));
        }
    }

    private async Task ForgetAsync(Guid plan, Guid place, Actor who, CancellationToken ct)
    {
        if ((await DueAsync(plan, place, ct)).Count == 0)
        {
            return;
        }

        // The run's id is written down first: a kill before there is such a run leaves an id that the next sweep takes away.
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var ids = await audit.ChangeAsync(who, "retention.forget", async (db, note) =>
        {
            var due = (await DueAsync(plan, place, ct)).Take(ForgetRuns.MostAtOnce).ToList();
            var keys = due.Select(f => f.Key).ToList();
            await db.PendingRemovals.Where(p => p.PlanId == plan && p.RepositoryId == place
                && keys.Contains(p.Snapshot)).ExecuteUpdateAsync(set => set.SetProperty(p => p.RunId, id), ct);
            note.About("plan", plan, new { run = id, repository = place, snapshots = due.Select(f => f.Id) });
            return due.Select(f => f.Id).ToList();
        }, ct);
        if (ids.Count > 0)
        {
            await StartAsync(plan, ids, who, id, place, ct);
        }
    }

    // What no run removes is due again at the next look, not only after the look of the day.
    private async Task StartAsync(Guid plan, IReadOnlyList<string> ids, Actor who, Guid id, Guid place, CancellationToken ct)
    {
        try
        {
            await runs.StartAsync(plan, ids, who, id, place, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            await audit.TouchAsync(
                db => db.PendingRemovals.Where(p => p.RunId == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(p => p.RunId, (Guid?)null), ct),
                ct);
            throw;
        }
    }

    // Decided anew at the last moment: the policy, a pin, an anomaly or the clock may have changed since it was marked.
    private async Task<IReadOnlyList<SnapshotDecision>> DueAsync(Guid plan, Guid place, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        return await db.Runs.AnyAsync(r => r.PlanId == plan && r.RepositoryId == place && r.Kind == RunKind.Forget
            && r.State != RunState.Ended, ct)
            || await RetentionState.ReadAsync(db, plan, now, place, ct) is not { } holding
            || holding.Blocked(trust) is not null
            ? []
            : [.. holding.Going.Where(f => f is { PendingSince: not null, RunId: null } && f.RemoveAfter <= now)];
    }

    private async Task SweepAsync(Actor who, CancellationToken ct)
    {
        await pins.ExpireAsync(who, ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        await audit.TouchAsync(tidy =>
            tidy.PendingRemovals.Where(p => p.RunId != null
                && !tidy.Runs.Any(r => r.Id == p.RunId && r.State != RunState.Ended))
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.RunId, (Guid?)null), ct), ct);
        var copies = (await db.Repositories.Where(r => r.CopyOfId != null).Select(r => new { r.Id, r.CopyOfId })
            .ToListAsync(ct)).ToLookup(r => r.CopyOfId!.Value, r => (Guid?)r.Id);
        foreach (var plan in await db.Plans.Where(p => p.ArchivedAt == null
            || db.PendingRemovals.Any(r => r.PlanId == p.Id)).Select(p => new { p.Id, p.RepositoryId }).ToListAsync(ct))
        {
            foreach (var copy in copies[plan.RepositoryId].Prepend(null))
            {
                await GuardedAsync(plan.Id, () => retention.ApplyAsync(plan.Id, "the look of the day", who, copy, ct));
            }
        }

        retention.TellChanged(); // a removal that failed is due again
    }

    // One plan's trouble is not another's.
    private async Task GuardedAsync(Guid plan, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ProblemException problem)
        {
            log.LogWarning("plan {Plan}: {Problem}", plan, problem.Message);
        }
    }
}
