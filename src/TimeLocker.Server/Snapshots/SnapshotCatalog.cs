using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Snapshots;

public sealed record SnapshotFilter
{
    public Guid? Repository { get; init; }
    public Guid? Plan { get; init; }
    public string? Host { get; init; }
    public string? Tag { get; init; }
    public DateTimeOffset? Since { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>The <c>Next</c> of the page before.</summary>
    public string? After { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>The snapshots of the repositories, answered from the database; the repository is asked in the background.</summary>
public sealed class SnapshotCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit,
    RepositoryCatalog repositories, RepositoryAccess access, SnapshotLists lists, TimeProvider clock)
{
    public const int LongestPage = 500;

    public async Task<Page<Snapshot>> ListAsync(SnapshotFilter filter, CancellationToken ct = default)
    {
        var limit = Math.Clamp(filter.Limit, 1, LongestPage);
        await using var db = await databases.CreateDbContextAsync(ct);
        var page = await Matching(db.Snapshots.AsNoTracking(), filter).OrderByDescending(s => s.Time)
            .ThenByDescending(s => s.Id).Take(limit + 1).ToListAsync(ct);
        var last = page.Count > limit ? page[limit - 1] : null;
        return new([.. page.Take(limit)], last is null ? null : $"{last.Time.UtcTicks}-{last.Id}");
    }

    /// <param name="id">Whole, or an unambiguous beginning.</param>
    public async Task<Snapshot> GetAsync(Guid repository, string id, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == repository && s.Id.StartsWith(id))
            .Take(2).ToListAsync(ct);
        // its tags were changed
        found = found.Count > 0 ? found
            : await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == repository && s.Original!.StartsWith(id))
                .Take(2).ToListAsync(ct);
        return found.Count == 1 ? found[0] : throw ProblemException.NotFound(Texts.Snapshot, Texts.SeeListSnapshots);
    }

    /// <summary>
    /// A tag or a pin gives a snapshot another id. What uses it in that moment and finds it gone is done once more with
    /// the one that it has now.
    /// </summary>
    public async Task<T> FollowAsync<T>(Snapshot snapshot, Func<string, Task<T>> use, CancellationToken ct)
    {
        try
        {
            return await use(snapshot.Id);
        }
        catch (ProblemException gone) when (gone.Kind == ProblemKind.NotFound)
        {
            // The run may not have ended: only the repository itself knows.
            var listed = await access.SnapshotsAsync(await repositories.GetAsync(snapshot.RepositoryId, ct), ct);
            if (listed.Any(s => s.Id == snapshot.Id)
                || listed.FirstOrDefault(s => s.Original == (snapshot.Original ?? snapshot.Id)) is not { } now)
            {
                throw;
            }

            return await use(now.Id);
        }
    }

    /// <summary>The state as it was at a moment, or null when nothing is that old.</summary>
    public async Task<Snapshot?> AtAsync(Guid repository, DateTimeOffset moment, Guid? plan, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Snapshots.AsNoTracking()
            .Where(s => s.RepositoryId == repository && s.Time <= moment && (plan == null || s.PlanId == plan))
            .OrderByDescending(s => s.Time).FirstOrDefaultAsync(ct);
    }

    /// <summary>How many snapshots each day has: what the calendar shows.</summary>
    /// <param name="zone">Where a day begins; null: the server's zone.</param>
    public Task<IReadOnlyDictionary<DateOnly, int>> DaysAsync(Guid repository, Guid? plan, DateOnly from,
        DateOnly until, TimeZoneInfo? zone = null, CancellationToken ct = default) =>
        DaysAsync(new SnapshotFilter { Repository = repository, Plan = plan }, from, until, zone, ct);

    public async Task<IReadOnlyDictionary<DateOnly, int>> DaysAsync(SnapshotFilter filter, DateOnly from,
        DateOnly until, TimeZoneInfo? zone = null, CancellationToken ct = default)
    {
        zone ??= clock.LocalTimeZone;
        var (start, end) = (Instant(from, zone), Instant(until.AddDays(1), zone));
        await using var db = await databases.CreateDbContextAsync(ct);
        var times = await Matching(db.Snapshots.AsNoTracking(), filter with { Since = start, Until = end })
            .Select(s => s.Time).ToListAsync(ct);
        return times.GroupBy(t => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(t, zone).DateTime))
            .ToDictionary(g => g.Key, g => g.Count());
    }

    /// <summary>The series in a repository, the one with the newest snapshot first.</summary>
    public async Task<IReadOnlyList<SnapshotGroup>> GroupsAsync(Guid repository, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var all = await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == repository)
            .OrderByDescending(s => s.Time).Select(s => new { s.Id, s.Host, s.Paths, s.Time }).ToListAsync(ct);
        return [.. all.GroupBy(s => (s.Host, Paths: string.Join('\0', s.Paths.Order(StringComparer.Ordinal))))
            .Select(g => new SnapshotGroup(g.Key.Host, g.First().Paths, g.Count(), g.Last().Time, g.First().Time, g.First().Id))];
    }

    public async Task<IReadOnlyList<string>> HostsAsync(Guid repository, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == repository).Select(s => s.Host).Distinct()
            .OrderBy(h => h).ToListAsync(ct);
    }

    /// <summary>The tags that people gave; TimeLocker's own are left out.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(Guid repository, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<string>($"""
            SELECT DISTINCT t.value AS "Value" FROM "Snapshots" s, json_each(CASE WHEN json_valid(s."Tags") THEN s."Tags" ELSE '[]' END) t
            WHERE s."RepositoryId" = {repository} AND t.value NOT LIKE 'tlrun:%' AND t.value NOT LIKE 'tlcp:%' ORDER BY t.value
            """).ToListAsync(ct);
    }

    public Task RefreshAsync(Guid repository, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return RefreshAsync(repository, ct);
    }

    /// <summary>
    /// Reads the repository's list and makes the database agree with it. A failure is kept with the repository for the
    /// pages.
    /// </summary>
    public async Task RefreshAsync(Guid repositoryId, CancellationToken ct = default)
    {
        var repository = await repositories.GetAsync(repositoryId, ct);
        try
        {
            var before = await IdsAsync(repositoryId, ct);
            var listed = await access.SnapshotsAsync(repository, ct);
            await audit.TouchAsync(db => MergeAsync(db, repositoryId, before, listed, ct), ct);
        }
        catch (ProblemException problem) when (!WriteFailure.Is(problem))
        {
            await audit.TouchAsync(async db => (await db.Repositories.SingleAsync(r => r.Id == repositoryId,
                ct)).Trouble = problem.Problem, ct);
        }
        finally
        {
            lists.TellListed();
        }
    }

    private async Task<HashSet<string>> IdsAsync(Guid repository, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Snapshots.Where(s => s.RepositoryId == repository).Select(s => s.Id).ToHashSetAsync(ct);
    }

    /// <param name="before">What was known when the reading began: a backup that ended meanwhile is not in the list,
    /// and stays; what was removed meanwhile is in it, and stays away.</param>
    private async Task MergeAsync(TimeLockerDb db, Guid repositoryId, HashSet<string> before,
        IReadOnlyList<Snapshot> listed, CancellationToken ct)
    {
        var known = await db.Snapshots.Where(s => s.RepositoryId == repositoryId).ToDictionaryAsync(s => s.Id, ct);
        var there = listed.Select(s => s.Id).ToHashSet();
        var gone = known.Values.Where(s => before.Contains(s.Id) && !there.Contains(s.Id)).ToList();
        db.Snapshots.RemoveRange(gone);
        var added = listed.Where(s => !known.ContainsKey(s.Id) && !before.Contains(s.Id)).ToList();
        var runs = added.Select(s => s.RunId).OfType<Guid>().ToHashSet();
        // a copy has the tags of where it comes from
        var original = await db.Repositories.Where(r => r.Id == repositoryId).Select(r => r.CopyOfId)
            .SingleOrDefaultAsync(ct);
        var plans = runs.Count == 0 ? []
            : await db.Runs.Where(r => (r.RepositoryId == repositoryId || r.RepositoryId == original)
                && r.PlanId != null).Select(r => new { r.Id, r.PlanId }).ToDictionaryAsync(r => r.Id, r => r.PlanId,
                ct);
        foreach (var s in added)
        {
            db.Snapshots.Add(new Snapshot
            {
                RepositoryId = repositoryId,
                Id = s.Id,
                Original = s.Original,
                Time = s.Time,
                Host = s.Host,
                Username = s.Username,
                Paths = s.Paths,
                Tags = s.Tags,
                Tree = s.Tree,
                RunId = s.RunId,
                PlanId = s.RunId is { } run ? plans.GetValueOrDefault(run) : null,
                Files = s.Files,
                Bytes = s.Bytes,
                BytesAdded = s.BytesAdded,
            });
        }

        foreach (var s in listed.Where(s => known.TryGetValue(s.Id, out var row) && row.Tree is null))
        {
            known[s.Id].Tree = s.Tree;
        }

        var repository = await db.Repositories.SingleAsync(r => r.Id == repositoryId, ct);
        var times = known.Values.Except(gone).Concat(added).Select(s => (DateTimeOffset?)s.Time).ToList();
        (repository.SnapshotCount, repository.NewestSnapshotAt, repository.RefreshedAt,
            repository.Trouble) = (times.Count, times.Max(), clock.GetUtcNow(), null);
    }

    private static IQueryable<Snapshot> Matching(IQueryable<Snapshot> snapshots, SnapshotFilter f)
    {
        snapshots = f.Repository is { } repository ? snapshots.Where(s => s.RepositoryId == repository) : snapshots;
        snapshots = f.Plan is { } plan ? snapshots.Where(s => s.PlanId == plan) : snapshots;
        snapshots = f.Host is { Length: > 0 } host ? snapshots.Where(s => s.Host == host) : snapshots;
        snapshots = f.Tag is { Length: > 0 } tag
            ? snapshots.Where(s => TimeLockerDb.IsList(s.Tags) ? s.Tags.Contains(tag) : false) : snapshots;
        snapshots = f.Since is { } since ? snapshots.Where(s => s.Time >= since) : snapshots;
        snapshots = f.Until is { } until ? snapshots.Where(s => s.Time < until) : snapshots;
        if (f.After?.Split('-') is [var ticks, var id]
            && long.TryParse(ticks, System.Globalization.CultureInfo.InvariantCulture, out var at))
        {
            var time = new DateTimeOffset(at, TimeSpan.Zero);
            snapshots = snapshots.Where(s => s.Time < time || (s.Time == time && s.Id.CompareTo(id) < 0));
        }

        return snapshots;
    }

    private static DateTimeOffset Instant(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new(local, zone.GetUtcOffset(local));
    }
}
