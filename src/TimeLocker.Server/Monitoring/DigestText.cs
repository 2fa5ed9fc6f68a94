using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Notices;

namespace TimeLocker.Server.Monitoring;

/// <summary>What a day or a week was like, in a few lines that end at the bell or in a mail.</summary>
public sealed class DigestText(IDbContextFactory<TimeLockerDb> databases)
{
    private const int MostNamed = 10;

    public async Task<(Text Title, Text Text)> WriteAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var plans = await db.Plans.AsNoTracking().Where(p => p.ArchivedAt == null).OrderBy(p => p.Name).ToListAsync(ct);
        var late = plans.Where(p => !TargetAge.IsMet(p, now)).ToList();
        var lines = new List<Text>();
        if (late.Count > 0)
        {
            lines.Add(Texts.NotMet(Named(late.ConvertAll(p => p.LastSuccessAt is { } at
                ? Texts.PlanLateSince(p.Name, Ago(now - at)) : Texts.PlanNeverBackedUp(p.Name)))));
        }

        await RunsAsync(db, since, lines, ct);
        var pending = await db.PendingRemovals.CountAsync(ct);
        if (pending > 0)
        {
            lines.Add(Texts.PendingRemoval(pending));
        }

        var odd = plans.Where(p => p.OpenAnomalies > 0).ToList();
        if (odd.Count > 0)
        {
            lines.Add(Texts.UnusualBackups(Named(odd.ConvertAll(p => Texts.Quoted(p.Name)))));
        }

        var places = await db.Repositories.AsNoTracking().OrderBy(r => r.Name).ToListAsync(ct);
        lines.AddRange(places.Where(p => p.Maintenance.Damage is not null).Select(p => Texts.RepositoryDamaged(p.Name)));
        lines.AddRange(places.Where(p => p.Trouble is not null).Select(p => Texts.CannotBeReached(p.Name)));
        lines.AddRange(places.Where(p => MaintenanceAge.Check(p, now) == MaintenanceState.Overdue)
            .Select(p => Texts.CheckOverdue(p.Name)));
        lines.AddRange(places.Where(RepositoryWatch.IsLowOnSpace)
            .Select(p => Texts.NearlyFullSpace(p.Name, Sizes.Bytes(p.FreeBytes!.Value))));
        return (Title(plans.Count, late.Count), TextList.Lines(lines));
    }

    /// <summary>The sentence of the Overview and of the digest.</summary>
    public static Text Title(int plans, int late) =>
        plans == 0 ? Texts.NothingBackedUpYet : plans == 1 ? late == 0 ? Texts.YourPlanMetTarget : Texts.YourPlanDidNot
            : Texts.PlansMetTheirTarget(plans - late, plans);

    private static async Task RunsAsync(TimeLockerDb db, DateTimeOffset since, List<Text> lines, CancellationToken ct)
    {
        var first = since.AddDays(-2); // queued before, ended since
        var ended = await db.Runs.AsNoTracking()
            .Where(r => r.QueuedAt > first && r.Kind == RunKind.Backup && r.EndedAt >= since).ToListAsync(ct);
        var real = ended.Where(r => r.IsBackup).ToList();
        Text[] parts =
        [
            ..
                from outcome in (RunOutcome[])[RunOutcome.Succeeded, RunOutcome.Incomplete, RunOutcome.Failed,
                    RunOutcome.Cancelled, RunOutcome.Missed, RunOutcome.Skipped]
            let count = real.Count(r => (r.Outcome == RunOutcome.Interrupted ? RunOutcome.Failed : r.Outcome) == outcome)
            where count > 0
            select Texts.RunsEnded(count, TextArgument.Of(outcome)),
        ];
        lines.Add(parts.Length == 0 ? Texts.NoBackupRan
            : Texts.BackupsRan(TextList.Commas(parts), Sizes.Bytes(real.Sum(r => r.Result?.BytesStored ?? 0))));
    }

    private static Text Named(List<Text> names) => ShortList.Of(names, MostNamed);

    private static Text Ago(TimeSpan age) =>
        age.TotalHours < 48 ? Texts.HoursAgo((int)age.TotalHours) : Texts.DaysAgo((int)age.TotalDays);
}
