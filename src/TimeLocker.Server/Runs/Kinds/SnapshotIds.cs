using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>
/// What snapshots are called at a run's turn. A tag changes an id between the moment at which a run is queued and its
/// turn, so runs go by what the id was first.
/// </summary>
public sealed class SnapshotIds(IDbContextFactory<TimeLockerDb> databases, ClockWatch clockWatch)
{
    public async Task<string> NowAsync(Guid repository, string id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var named = db.Snapshots.Where(s => s.RepositoryId == repository);
        return await named.AnyAsync(s => s.Id == id, ct) ? id
            : await named.Where(s => s.Original == id).Select(s => s.Id).FirstOrDefaultAsync(ct) ?? id;
    }

    /// <summary>Those that are still there; for a removal only those that nobody has pinned meanwhile.</summary>
    /// <exception cref="ProblemException">of kind Conflict: none is left.</exception>
    public async Task<IReadOnlyList<string>> NowAsync(Run run, IReadOnlyList<string> ids, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var pinned = run.Request is ForgetRequest ? await PinnedAsync(db, run, ct) : [];
        var rows = await db.Snapshots.AsNoTracking()
            .Where(s => s.RepositoryId == run.RepositoryId && (ids.Contains(s.Id) || ids.Contains(s.Original!)))
            .Select(s => new { s.Id, s.Original })
            .ToListAsync(ct);
        var there = rows.Select(r => r.Id).ToHashSet();
        List<string> now = [.. rows
            .Where(r => (ids.Contains(r.Id) || !there.Contains(r.Original!)) && !pinned.Contains(r.Original ?? r.Id))
            .Select(r => r.Id)];
        return now.Count > 0 ? now
            : rows.Count == 0 && run.Request is ForgetRequest ? ids // they went before: restic says so, and that is no failure
            : throw new ProblemException(ProblemKind.Conflict, Problems.NothingLeftDoneSnapshots);
    }

    private async Task<HashSet<string>> PinnedAsync(TimeLockerDb db, Run run, CancellationToken ct)
    {
        clockWatch.MustBeTrusted(); // it may have jumped while the run waited
        var original = await db.Repositories.Where(r => r.Id == run.RepositoryId).Select(r => r.CopyOfId).SingleAsync(ct);
        // those of a repository hold in its copies, too
        var pins = db.Pins.Where(p => p.RepositoryId == run.RepositoryId || p.RepositoryId == original);
        if (await pins.AnyAsync(p => p.Snapshot == null && p.PlanId == run.PlanId, ct))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.NothingRemovedSomebodyPinned);
        }

        return [.. await pins.Where(p => p.Snapshot != null).Select(p => p.Snapshot!).ToListAsync(ct)];
    }
}
