using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Retention;

/// <summary>
/// After a good backup: what the policy does not keep any more waits for its removal. After a removal or a change of
/// tags: the list agrees with the repository.
/// </summary>
public sealed class RetentionBook(AuditLog audit, IClockTrust trust, TimeProvider clock) : IRunBook
{
    public async Task RecordAsync(TimeLockerDb db, Run run)
    {
        switch (run)
        {
            case
            {
                Kind: RunKind.Backup, Outcome: RunOutcome.Succeeded or RunOutcome.Incomplete, SnapshotId: not null,
                PlanId: { } plan
            }:
                await db.SaveChangesAsync(); // its snapshot counts
                await MarkAsync(db, run, plan);
                break;
            case { Kind: RunKind.Forget, Result: { DryRun: false } result }:
                await ForgottenAsync(db, run, result.Changed);
                break;
            case { Kind: RunKind.Tag, Request: TagRequest wanted, Result: { } result }:
                await RetaggedAsync(db, run, wanted, result.Changed);
                break;
        }
    }

    // Found by the plan in the audit trail, beside what is marked by hand: the entry of the run says only how it ended.
    private async Task MarkAsync(TimeLockerDb db, Run run, Guid plan)
    {
        var (marked, spared) = await PendingRemovals.MarkAsync(db, plan, trust, clock.GetUtcNow(), byHand: false);
        if (marked.Count + spared.Count > 0)
        {
            await audit.AddAsync(db, Actor.System, "retention.applied",
                note => note.About("plan", plan, PendingRemovals.Said("after a backup", marked, spared, run.Id)));
        }
    }

    private static async Task ForgottenAsync(TimeLockerDb db, Run run, IReadOnlyDictionary<string, string> changed)
    {
        var ids = changed.Keys.ToList();
        var gone = await db.Snapshots.Where(s => s.RepositoryId == run.RepositoryId && ids.Contains(s.Id)).ToListAsync();
        var keys = gone.Select(RetentionState.Key).ToList();
        db.Snapshots.RemoveRange(gone);

        // The list may have been read since restic removed them: then their rows are gone already, and their marks go
        // with this end.
        var over = await db.PendingRemovals
            .Where(p => p.RepositoryId == run.RepositoryId)
            .Where(p => keys.Contains(p.Snapshot)
                || (p.RunId == run.Id
                    && !db.Snapshots.Any(s => s.RepositoryId == p.RepositoryId
                        && (s.Id == p.Snapshot || s.Original == p.Snapshot))))
            .ToListAsync();
        db.PendingRemovals.RemoveRange(over);
        if (gone.Count > 0 && await db.Repositories.SingleOrDefaultAsync(r => r.Id == run.RepositoryId) is { } place)
        {
            var left = await db.Snapshots.Where(s => s.RepositoryId == run.RepositoryId && !ids.Contains(s.Id))
                .Select(s => (DateTimeOffset?)s.Time).ToListAsync();
            (place.SnapshotCount, place.NewestSnapshotAt) = (left.Count, left.Max());
        }
    }

    private static async Task RetaggedAsync(TimeLockerDb db, Run run, TagRequest wanted,
        IReadOnlyDictionary<string, string> changed)
    {
        var ids = changed.Keys.ToList();
        foreach (var old in await db.Snapshots.Where(s => s.RepositoryId == run.RepositoryId && ids.Contains(s.Id)).ToListAsync())
        {
            db.Snapshots.Remove(old);
            var made = changed[old.Id];
            if (!await db.Snapshots.AnyAsync(s => s.RepositoryId == run.RepositoryId && s.Id == made))
            {
                db.Snapshots.Add(new Snapshot
                {
                    RepositoryId = old.RepositoryId,
                    Id = made,
                    Original = RetentionState.Key(old),
                    Time = old.Time,
                    Host = old.Host,
                    Username = old.Username,
                    Paths = old.Paths,
                    Tags = [.. old.Tags.Except(wanted.Remove).Union(wanted.Add)],
                    Tree = old.Tree,
                    RunId = old.RunId,
                    PlanId = old.PlanId,
                    Files = old.Files,
                    Bytes = old.Bytes,
                    BytesAdded = old.BytesAdded,
                });
            }
        }
    }
}
