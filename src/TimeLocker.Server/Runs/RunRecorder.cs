using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>Writes a run's milestones. The end of a run and all that is counted from it are one transaction with its audit entry.</summary>
public sealed partial class RunRecorder(AuditLog audit, IEnumerable<IRunBook> books, TimeProvider clock)
{
    /// <param name="waits">Whether a run that was queued before has not begun. Null: nobody is asked, the run is a new one.</param>
    /// <returns>The run, or one that waits already and does exactly what this would: one is enough, however often somebody asks.</returns>
    public Task<Run> QueuedAsync(Run run, Actor who, CancellationToken ct, Func<Run, bool>? waits = null) =>
        audit.ChangeAsync(who, "run.queued", async (db, note) =>
        {
            // The last of its kind alone: between a tag that is set, taken away and set again, or two states restored to
            // one place, the order matters.
            var last = waits is null || run.Slot is not null ? null
                : (await db.Runs.AsNoTracking()
                    .Where(r => r.State == RunState.Queued && r.RepositoryId == run.RepositoryId && r.Kind == run.Kind
                        && (r.Kind != RunKind.Backup || r.PlanId == run.PlanId))
                    .OrderBy(r => r.Id)
                    .ToListAsync(ct))
                    .LastOrDefault(waits);
            var isSame = last is not null && last.PlanId == run.PlanId && last.IsConditional == run.IsConditional
                && Request(last) == Request(run);
            var same = isSame ? last : null;
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

    public Task CancelAskedAsync(Run run, Actor who, CancellationToken ct) => audit.ChangeAsync(who, "run.cancel-asked", async (db, note) =>
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
    public Task EndedAsync(Run run, Run? again = null, bool counted = true) =>
        audit.ChangeAsync(Actor.System, $"run.{run.Outcome}".ToLowerInvariant(), async (db, note) =>
        {
            db.Runs.Update(run);
            if (again is not null)
            {
                db.Runs.Add(again); // first: who counts sees that it is tried again
            }

            db.RunIssues.AddRange(run.Issues.Select((issue, at) =>
                new RunIssueRow { RunId = run.Id, Ordinal = at, Path = issue.Path, Message = issue.Message }));
            if (counted)
            {
                await BookAsync(db, run, again);
            }

            note.About("run", run.Id,
                new
                {
                    retry = again?.Id,
                    snapshot = run.SnapshotId,
                    issues = run.IssueCount,
                    recovered = run.Recovered,
                    files = run.Result?.FilesTotal,
                    bytes = run.Result?.BytesTotal,
                    cancelledBy = run.CancelledBy,
                });
        });

    /// <summary>All that is counted from an end.</summary>
    private async Task BookAsync(TimeLockerDb db, Run run, Run? again = null)
    {
        if (run is { PlanId: { } plan, IsBackup: true })
        {
            await CountAsync(db, plan, run);
        }

        if (run is { SnapshotId: { } snapshot, IsBackup: true })
        {
            await AddSnapshotAsync(db, snapshot, run);
        }

        foreach (var book in books)
        {
            await book.RecordAsync(db, run);
        }
    }

    private async Task CountAsync(TimeLockerDb db, Guid planId, Run run)
    {
        // What was skipped on purpose says nothing about the plan.
        if (run.Outcome == RunOutcome.Skipped || await db.Plans.SingleOrDefaultAsync(p => p.Id == planId) is not { } plan)
        {
            return;
        }

        PlanCounters.Count(plan, run, IsTriedAgain(db, run));
        if (run.Outcome is RunOutcome.Succeeded or RunOutcome.Incomplete)
        {
            (plan.LastBytes, plan.LastFiles) = (run.Result?.BytesTotal, run.Result?.FilesTotal);
            plan.LastSuccessAt = run.Outcome == RunOutcome.Succeeded ? run.EndedAt : plan.LastSuccessAt;
        }

        var at = run is { Outcome: RunOutcome.Missed, Slot: { } slot } ? slot : run.EndedAt!.Value;
        var on = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, clock.LocalTimeZone).DateTime);
        var day = await db.PlanDays.FindAsync(planId, on);
        if (day is null)
        {
            db.PlanDays.Add(day = new() { PlanId = planId, Day = on });
        }

        day.Runs++;
        day.Failed += run.Outcome is RunOutcome.Failed or RunOutcome.Interrupted ? 1 : 0;
        day.Warned += run.Outcome is RunOutcome.Incomplete or RunOutcome.Cancelled or RunOutcome.Missed ? 1 : 0;
        day.BytesAdded += run.Result?.BytesStored ?? 0;
    }

    /// <summary>Another try was queued in the transaction that writes this end.</summary>
    internal static bool IsTriedAgain(TimeLockerDb db, Run run) => db.Runs.Local.Any(r => r.PlanId == run.PlanId && r.Id != run.Id && r is { Cause: RunCause.Retry, HasEnded: false });

    // restic's summary says all of a snapshot but its tree, so no listing is needed after a backup.
    private static async Task AddSnapshotAsync(TimeLockerDb db, string id, Run run)
    {
        if (await db.Snapshots.AnyAsync(s => s.RepositoryId == run.RepositoryId && s.Id == id))
        {
            return;
        }

        var plan = await db.Plans.SingleOrDefaultAsync(p => p.Id == run.PlanId);
        var machine = await db.Machines.SingleAsync(m => m.Id == run.MachineId);
        var repository = await db.Repositories.SingleAsync(r => r.Id == run.RepositoryId);
        var request = run.Request as BackupRequest;
        var snapshot = new Snapshot
        {
            RepositoryId = run.RepositoryId,
            Id = id,
            Time = run.Result?.SnapshotAt ?? run.EndedAt!.Value,
            Host = machine.Host,
            Paths = run.Result?.Sources is { Count: > 0 } found
                ? [.. found.Where(s => s.WhyNot is null).Select(s => s.Saved).Distinct()]
                : request is { Paths.Count: > 0 } ? [.. request.Paths]
                : plan?.Command is { } command ? [command.Path]
                : plan?.Sources ?? [],
            Tags = [.. (plan?.Tags ?? []).Union(request?.Tags ?? []), RunSpec.TagOf(run.Id)],
            RunId = run.Id,
            PlanId = run.PlanId,
            Files = run.Result?.FilesTotal,
            Bytes = run.Result?.BytesTotal,
            BytesAdded = run.Result?.BytesStored,
        };
        db.Snapshots.Add(snapshot);
        repository.SnapshotCount++;
        repository.NewestSnapshotAt = repository.NewestSnapshotAt is { } newest && newest > snapshot.Time ? newest : snapshot.Time;
        repository.StoredBytes += run.Result?.BytesStored ?? 0;
    }
}
