using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>What the next backup of a plan will probably be like, from its last ones of the same sources.</summary>
/// <param name="Bytes">What each of the last few added at least: a first, large one is no measure.</param>
/// <param name="Files">What it is measured by; see <see cref="RunResult.Measure"/>. 0: unknown.</param>
/// <param name="Sources">Each source as it was found last, whatever else was saved with it.</param>
/// <param name="After">The time of the plan's last snapshot, whatever its sources.</param>
internal sealed record Expectation(long Bytes, long Files, IReadOnlyList<SourceFound> Sources, DateTimeOffset? After)
{
    private const int Looked = 20, Measured = 3;

    public static async Task<Expectation> OfAsync(TimeLockerDb db, BackupPlan plan, IReadOnlyList<string> sources,
        CancellationToken ct)
    {
        var latest = await db.Snapshots.AsNoTracking()
            .Where(s => s.RepositoryId == plan.RepositoryId && s.PlanId == plan.Id).OrderByDescending(s => s.Time)
            .Take(Looked).ToListAsync(ct);
        var made = await db.Runs.AsNoTracking()
            .Where(r => r.PlanId == plan.Id && r.Kind == RunKind.Backup && r.SnapshotId != null)
            .NewestFirst()
            .Take(Looked)
            .Select(r => new { r.Id, r.Result }).ToListAsync(ct);
        var results = made.ToDictionary(r => r.Id, r => r.Result);
        var wanted = sources.Order(StringComparer.Ordinal).ToList();
        var alike = latest.Select(s => (Snapshot: s, Result: s.RunId is { } run ? results.GetValueOrDefault(run) : null))
            .Where(s => Names(s.Snapshot, s.Result).Order(StringComparer.Ordinal).SequenceEqual(wanted)).Take(Measured).ToList();
        var found = made.SelectMany(r => r.Result?.Sources ?? []).ToLookup(source => source.Path);
        return new Expectation(
            alike.Count > 1 ? alike.Min(s => s.Snapshot.BytesAdded ?? 0) : 0,
            alike.Count == 0 ? 0 : alike[0].Result is { Measure: > 0 and var measure } ? measure : alike[0].Snapshot.Files ?? 0,
            [.. wanted.SelectMany(source => found[source].Take(1))],
            latest.FirstOrDefault()?.Time);
    }

    // A snapshot has the path that a link led to; the plan goes on to name the link.
    private static IEnumerable<string> Names(Snapshot snapshot, RunResult? result) =>
        result is { Sources: { Count: > 0 } found } ? found.Select(source => source.Path) : snapshot.Paths;
}
