using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Anomalies;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Data;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Anomalies;

/// <summary>
/// Compares each successful backup with the plan's own history, and writes what is unlike it down with the end of the
/// run.
/// </summary>
public sealed class AnomalyBook(NoticeBook notices, TimeProvider clock) : IRunBook
{
    /// <summary>So many runs are read: those of the other mode and those that left files out are among them.</summary>
    private const int Looked = 2 * AnomalyRules.Most;

    public async Task RecordAsync(TimeLockerDb db, Run run)
    {
        if (run is not
            {
                IsBackup: true,
                Outcome: RunOutcome.Succeeded,
                Result: { } result,
                Request: BackupRequest { Mode: BackupMode.Incremental or BackupMode.Full } request,
                EndedAt: { } at,
            }
            || await db.Plans.SingleOrDefaultAsync(p => p.Id == run.PlanId) is not { } plan)
        {
            return;
        }

        var open = await db.Anomalies.Where(a => a.PlanId == plan.Id && a.AnsweredAt == null)
            .Select(a => new { a.RunId, a.Measure }).ToListAsync();
        var earlier = await EarlierAsync(db, run, request.Mode, [.. open.Select(a => a.RunId)]);
        var before = db.Entry(plan).Property(p => p.LastFiles).OriginalValue;
        var found = AnomalyRules.Find(earlier, RunFigures.Of(request.Mode, result, at - (run.StartedAt ?? at), before),
            plan.Options.Compression != Compression.Off)
            .Where(f => open.All(o => o.Measure != f.Measure)) // one question at a time
            .ToList();
        if (found.Count == 0)
        {
            return;
        }

        db.Anomalies.AddRange(found.Select(f => new Anomaly
        {
            Id = Guid.CreateVersion7(at),
            PlanId = plan.Id,
            RunId = run.Id,
            Measure = f.Measure,
            Text = f.Text,
            Value = f.Value,
            Median = f.Median,
            At = at,
        }));
        plan.OpenAnomalies = open.Count + found.Count;
        var now = clock.GetUtcNow();
        await notices.AddAsync(db, new Notice
        {
            Id = Guid.CreateVersion7(now),
            Key = $"run:{run.Id}:anomaly",
            Event = NoticeEvent.Anomaly,
            Level = NoticeLevel.Warning,
            Title = Texts.BackupWasUnusual(plan.Name),
            Text = Texts.NothingRemovedUntilAnswered(Text.Of(found.Select(f => f.Text))),
            Link = $"/plans/{plan.Id}",
            At = now,
            PlanId = plan.Id,
            RepositoryId = run.RepositoryId,
            RunId = run.Id,
        });
    }

    // Newest first. Runs that somebody still has to look at are no measure of what is usual.
    private static async Task<IReadOnlyList<RunFigures>> EarlierAsync(TimeLockerDb db, Run run, BackupMode mode,
        HashSet<Guid> unlooked)
    {
        var rows = await db.Runs.AsNoTracking()
            .Where(r => r.PlanId == run.PlanId && r.Id != run.Id && r.Kind == RunKind.Backup
                && (r.Outcome == RunOutcome.Succeeded || r.Outcome == RunOutcome.Incomplete))
            .NewestFirst().Take(Looked + 1)
            .Select(r => new { r.Id, r.Outcome, r.Request, r.Result, r.StartedAt, r.EndedAt }).ToListAsync();
        var made = rows.Where(r => r.Result is { DryRun: false }).ToList(); // each of them was the one before for the next
        return
        [
            .. made.Select((row, at) => (Row: row, Before: at + 1 < made.Count ? made[at + 1].Result?.FilesTotal : null))
                .Where(r => r.Row.Outcome == RunOutcome.Succeeded && r.Row.Request is BackupRequest request
                    && request.Mode == mode && !unlooked.Contains(r.Row.Id))
                .Select(r => RunFigures.Of(mode, r.Row.Result!,
                    r.Row.EndedAt!.Value - (r.Row.StartedAt ?? r.Row.EndedAt.Value), r.Before)),
        ];
    }
}
