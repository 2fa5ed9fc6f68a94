using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>Slots: what is due is written down together with the watermark that says so, in one transaction. Nothing fires twice, and no kill comes in between.</summary>
public sealed partial class RunRecorder
{
    /// <param name="decide">From the plan as it is now, whether a backup of it has not ended, and the slots after its watermark that have a run already.</param>
    /// <returns>The new runs: those that are to begin, and those that ended as missed or skipped.</returns>
    internal Task<IReadOnlyList<Run>> DecideAsync(Guid planId, DateTimeOffset now, Func<BackupPlan, bool, IReadOnlySet<DateTimeOffset>, IReadOnlyList<Run>> decide, CancellationToken ct) =>
        audit.ChangeAsync(Actor.System, "plan.due", async (db, note) =>
        {
            note.About("plan", planId);
            if (await db.Plans.SingleOrDefaultAsync(p => p.Id == planId && p.ArchivedAt == null, ct) is not { } plan)
            {
                return [];
            }

            var open = await db.Runs.AsNoTracking().Where(r => r.State != RunState.Ended && r.PlanId == planId && r.Kind == RunKind.Backup).ToListAsync(ct);
            var since = RunCoordinator.Since(plan.ScheduledUntil, now);
            var known = await db.Runs.Where(r => r.PlanId == planId && r.Slot > since).Select(r => r.Slot!.Value).ToListAsync(ct);
            var runs = decide(plan, open.Any(r => r is { HasEnded: false, IsBackup: true }), known.ToHashSet());
            plan.ScheduledUntil = now;
            await WriteAsync(db, runs, note, "plan", planId);
            return runs;
        }, ct);

    /// <summary>The same for the upkeep of a repository.</summary>
    internal Task<IReadOnlyList<Run>> DecideCareAsync(Guid repositoryId, DateTimeOffset now, Func<Repository, IReadOnlyList<Repository>, IReadOnlyList<Run>, IReadOnlyList<Run>> decide, CancellationToken ct) =>
        audit.ChangeAsync(Actor.System, "repository.due", async (db, note) =>
        {
            note.About("repository", repositoryId);
            if (await db.Repositories.SingleOrDefaultAsync(r => r.Id == repositoryId, ct) is not { } repository)
            {
                return [];
            }

            var copies = await db.Repositories.AsNoTracking().Where(r => r.CopyOfId == repositoryId).ToListAsync(ct);
            var open = await db.Runs.AsNoTracking().Where(r => r.State != RunState.Ended).ToListAsync(ct);
            var runs = decide(repository, copies, [.. open.Where(r => !r.HasEnded)]);
            repository.CareUntil = now;
            await WriteAsync(db, runs, note, "repository", repositoryId);
            return runs;
        }, ct);

    private async Task WriteAsync(TimeLockerDb db, IReadOnlyList<Run> runs, AuditNote note, string noun, Guid id)
    {
        foreach (var run in runs)
        {
            db.Runs.Add(run);
            if (run.HasEnded)
            {
                await BookAsync(db, run);
            }
        }

        note.About(noun, id, new
        {
            queued = runs.Where(r => !r.HasEnded).Select(r => r.Id),
            missed = runs.Count(r => r.Outcome == RunOutcome.Missed),
            skipped = runs.Count(r => r.Outcome == RunOutcome.Skipped),
        });
    }
}
