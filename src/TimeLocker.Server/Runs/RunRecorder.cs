using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>
/// Writes a run's milestones. The end of a run and all that is counted from it are one transaction with its audit
/// entry.
/// </summary>
public sealed class RunRecorder(AuditLog audit, IEnumerable<IRunBook> books)
{
    /// <param name="waits">Whether a run that was queued before has not begun. Null: nobody is asked, the run is a new one.</param>
    /// <returns>
    /// The run, or one that waits already and does exactly what this would: one is enough, however often somebody asks.
    /// Of a slot: the one that answers it already, though it has ended.
    /// </returns>
    public Task<Run> QueuedAsync(Run run, Actor who, CancellationToken ct, Func<Run, bool>? waits = null) =>
        audit.ChangeAsync(who, "run.queued", async (db, note) =>
        {
            // The last of its kind alone: between a tag that is set, taken away and set again, or two states restored to
            // one place, the order matters.
            var last = waits is null || run.Slot is not null ? null
                : (await db.Runs.AsNoTracking()
                    .Where(r => r.State == RunState.Queued && r.RepositoryId == run.RepositoryId && r.Kind == run.Kind
                        && (r.Kind != RunKind.Backup || r.PlanId == run.PlanId))
                    .OldestFirst()
                    .ToListAsync(ct))
                    .LastOrDefault(waits);
            var isSame = last is not null && last.PlanId == run.PlanId && last.IsConditional == run.IsConditional
                && Request(last) == Request(run);
            var same = isSame ? last : run.Slot is null ? null
                : await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == run.Id, ct);
            if (same is null)
            {
                db.Runs.Add(run);
            }

            note.About("run",
                (same ?? run).Id,
                new
                {
                    kind = run.Kind.ToString(),
                    plan = run.PlanId,
                    repository = run.RepositoryId,
                    cause = run.Cause.ToString(),
                    again = same is not null,
                });
            return same ?? run;
        }, ct);

    private static string Request(Run run) => JsonSerializer.Serialize(run.Request, Columns.Json);

    public Task CancelAskedAsync(Run run, Actor who, CancellationToken ct) =>
        audit.ChangeAsync(who, "run.cancel-asked", async (db, note) =>
    {
        await db.Runs.Where(r => r.Id == run.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelledBy, who.Id), ct);
        note.About("run", run.Id);
    }, ct);

    public Task StartedAsync(Run run) => audit.ChangeAsync(Actor.System, "run.started", (db, note) =>
    {
        db.Runs.Update(run);
        note.About("run", run.Id, new { restic = run.ResticVersion });
        return Task.CompletedTask;
    });

    /// <param name="again">The run that is queued in its place.</param>
    /// <param name="counted">False: the row alone, where a fault lies in what is counted from it.</param>
    /// <returns>The same, if it was not there already.</returns>
    public Task<Run?> EndedAsync(Run run, Run? again = null, bool counted = true) =>
        audit.ChangeAsync(Actor.System, $"run.{run.Outcome}".ToLowerInvariant(), async (db, note) =>
        {
            db.Runs.Update(run);
            // first: who counts sees that it is tried again
            var next = again is null ? null : (await AddAsync(db, [again])).SingleOrDefault();
            db.RunIssues.AddRange(run.Issues.Select((issue, at) =>
                new RunIssueRow { RunId = run.Id, Ordinal = at, Path = issue.Path, Message = issue.Message }));
            if (counted)
            {
                await BookAsync(db, run);
            }

            note.About("run", run.Id,
                new
                {
                    retry = next?.Id,
                    snapshot = run.SnapshotId,
                    issues = run.IssueCount,
                    recovered = run.Recovered,
                    files = run.Result?.FilesTotal,
                    bytes = run.Result?.BytesTotal,
                    cancelledBy = run.CancelledBy,
                });
            return next;
        });

    /// <summary>A slot that somebody answered and that was skipped all the same: a run that has ended before it began.</summary>
    public Task NeverRanAsync(Run run, CancellationToken ct) =>
        audit.ChangeAsync(Actor.System, $"run.{run.Outcome}".ToLowerInvariant(), async (db, note) =>
        {
            await AddAsync(db, [run]);
            note.About("run", run.Id, new { plan = run.PlanId, slot = run.Slot });
        }, ct);

    /// <summary>Adds runs to the transaction that decides them; those that have ended already are counted.</summary>
    /// <returns>Those that were not there: what was decided before is not done twice.</returns>
    internal async Task<IReadOnlyList<Run>> AddAsync(TimeLockerDb db, IReadOnlyList<Run> runs)
    {
        var ids = runs.Select(r => r.Id).ToList();
        var known = (await db.Runs.Where(r => ids.Contains(r.Id)).Select(r => r.Id).ToListAsync()).ToHashSet();
        List<Run> added = [.. runs.Where(r => known.Add(r.Id))];
        foreach (var run in added)
        {
            db.Runs.Add(run);
            if (run.HasEnded)
            {
                await BookAsync(db, run);
            }
        }

        return added;
    }

    /// <summary>All that is counted from an end.</summary>
    private async Task BookAsync(TimeLockerDb db, Run run)
    {
        foreach (var book in books)
        {
            await book.RecordAsync(db, run);
        }
    }
}
