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

    public async Task<(string Title, string Text)> WriteAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var plans = await db.Plans.AsNoTracking().Where(p => p.ArchivedAt == null).OrderBy(p => p.Name).ToListAsync(ct);
        var late = plans.Where(p => !TargetAge.IsMet(p, now)).ToList();
        var lines = new List<string>();
        if (late.Count > 0)
        {
            lines.Add($"Not met: {Named(late.ConvertAll(p => $"“{p.Name}” ({(p.LastSuccessAt is { } at ? $"last good backup {Ago(now - at)}" : "no good backup yet")})"))}.");
        }

        await RunsAsync(db, since, lines, ct);
        var pending = await db.PendingRemovals.CountAsync(ct);
        if (pending > 0)
        {
            lines.Add($"Pending removal: {Some(pending, "snapshot")}. They can still be brought back.");
        }

        var odd = plans.Where(p => p.OpenAnomalies > 0).ToList();
        if (odd.Count > 0)
        {
            lines.Add($"Unusual backups that nobody has looked at: {Named(odd.ConvertAll(p => $"“{p.Name}”"))}.");
        }

        var places = await db.Repositories.AsNoTracking().OrderBy(r => r.Name).ToListAsync(ct);
        lines.AddRange(places.Where(p => p.Maintenance.Damage is not null).Select(p => $"“{p.Name}” is damaged."));
        lines.AddRange(places.Where(p => p.Trouble is not null).Select(p => $"“{p.Name}” cannot be reached."));
        lines.AddRange(places.Where(p => MaintenanceAge.Check(p, now) == MaintenanceState.Overdue).Select(p => $"The check of “{p.Name}” is overdue."));
        lines.AddRange(places.Where(RepositoryWatch.IsLowOnSpace).Select(p => $"“{p.Name}” is nearly full: {Sizes.Bytes(p.FreeBytes!.Value)} are free."));
        return (Title(plans.Count, late.Count), string.Join('\n', lines));
    }

    /// <summary>The sentence of the Overview and of the digest.</summary>
    public static Text Title(int plans, int late) =>
        plans == 0 ? Texts.NothingBackedUpYet : plans == 1 ? late == 0 ? Texts.YourPlanMetTarget : Texts.YourPlanDidNot : Texts.PlansMetTheirTarget(plans - late, plans);

    private static async Task RunsAsync(TimeLockerDb db, DateTimeOffset since, List<string> lines, CancellationToken ct)
    {
        var first = since.AddDays(-2); // queued before, ended since
        var ended = await db.Runs.AsNoTracking().Where(r => r.QueuedAt > first && r.Kind == RunKind.Backup && r.EndedAt >= since).ToListAsync(ct);
        var real = ended.Where(r => r.IsBackup).ToList();
        string[] parts =
        [
            .. from kind in ((RunOutcome[] Of, string Word)[])[([RunOutcome.Succeeded], "succeeded"), ([RunOutcome.Incomplete], "left files out"), ([RunOutcome.Failed, RunOutcome.Interrupted], "failed"), ([RunOutcome.Cancelled], "cancelled"), ([RunOutcome.Missed], "missed"), ([RunOutcome.Skipped], "skipped")]
            let count = real.Count(r => r.Outcome is { } o && kind.Of.Contains(o))
            where count > 0
            select $"{count} {kind.Word}",
        ];
        lines.Add(parts.Length == 0 ? "No backup ran." : $"Backups: {string.Join(", ", parts)}. {Sizes.Bytes(real.Sum(r => r.Result?.BytesStored ?? 0))} of new data were stored.");
    }

    private static string Named(List<string> names) => ShortList.Of(names, MostNamed);

    private static string Some(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Ago(TimeSpan age) => age.TotalHours < 48 ? $"{(int)age.TotalHours} hours ago" : $"{(int)age.TotalDays} days ago";
}
