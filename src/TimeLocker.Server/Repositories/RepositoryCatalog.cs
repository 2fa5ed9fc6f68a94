using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>The repositories as they stand: lists, what happens to them by itself, removing.</summary>
public sealed class RepositoryCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, SecretVault vault,
    BackendCatalog backends, AgentRegistry agents, TimeProvider clock)
{
    private const int MostSaved = 100;

    public IReadOnlyList<IRepositoryBackend> Backends => backends.All;

    /// <exception cref="ProblemException">of kind Unavailable: the plugin that adds its kind of place is not there now.</exception>
    public IRepositoryBackend BackendOf(Repository repository) => backends.For(repository);

    /// <summary>A recovery kit was proven, or is of no use any more.</summary>
    public event Action? KitsChanged;

    /// <summary>The maintenance of a repository changed: something else may be due now.</summary>
    public event Action? MaintenanceChanged;

    internal void TellKitsChanged() => KitsChanged?.Invoke();

    internal void TellMaintenanceChanged() => MaintenanceChanged?.Invoke();

    public async Task<IReadOnlyList<Repository>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().OrderBy(r => r.Name).ToListAsync(ct);
    }

    /// <summary>The first few whose name has this in it.</summary>
    public async Task<IReadOnlyList<Repository>> FindAsync(string part, int limit, CancellationToken ct = default)
    {
        var pattern = NamePattern.Of(part);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().Where(r => EF.Functions.Like(r.Name, pattern, NamePattern.Escape))
            .OrderBy(r => r.Name).Take(limit).ToListAsync(ct);
    }

    public async Task<Repository> GetAsync(Guid id, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw Unknown();
    }

    /// <summary>Its size on each of the last days on which it was known, oldest first.</summary>
    public async Task<IReadOnlyList<RepositoryDay>> GrowthAsync(Guid id, int days, CancellationToken ct = default)
    {
        var repository = await GetAsync(id, ct);
        var since = agents.DayOf(repository.HomeId, clock.GetUtcNow()).AddDays(1 - Math.Clamp(days, 1, 3660));
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.RepositoryDays.AsNoTracking().Where(d => d.RepositoryId == id && d.Day >= since)
            .OrderBy(d => d.Day).ToListAsync(ct);
    }

    /// <summary>What happens to a repository by itself; takes the list as a whole.</summary>
    public async Task<Repository> SetMaintenanceAsync(Guid id, IReadOnlyList<MaintenanceSchedule> wanted, Actor who,
        CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var changed = await audit.ChangeAsync(who, "repository.maintenance-set", async (db, note) =>
        {
            var repository = await FindAsync(db, id, ct);
            var copies = await db.Repositories.Where(r => r.CopyOfId == id).Select(r => r.Id).ToListAsync(ct);
            var schedule = MaintenanceRules.Checked(wanted, repository.Name, repository.AppendOnly, copies);
            if (!schedule.SequenceEqual(repository.MaintenanceSchedules))
            {
                // what a new schedule would have meant yesterday was not missed
                (repository.MaintenanceSchedules, repository.MaintenanceUntil) = (schedule, clock.GetUtcNow());
            }

            note.About("repository", id);
            return repository;
        }, ct);
        TellMaintenanceChanged();
        return changed;
    }

    /// <summary>TimeLocker forgets it; the repository itself stays as it is.</summary>
    public Task RemoveAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return audit.ChangeAsync(who, "repository.removed", async (db, note) =>
        {
            var repository = await FindAsync(db, id, ct);
            if (await db.Plans.FirstOrDefaultAsync(p => p.RepositoryId == id && p.ArchivedAt == null, ct) is { } plan)
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.StillInUsePlan(repository.Name, plan.Name));
            }

            if (await db.Runs.AnyAsync(r => r.RepositoryId == id && r.State != Core.RunState.Ended, ct))
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.StillInUseRun(repository.Name));
            }

            if (await db.Repositories.FirstOrDefaultAsync(r => r.CopyOfId == id, ct) is { } copy)
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.StillInUseCopy(repository.Name, copy.Name));
            }

            await db.Snapshots.Where(s => s.RepositoryId == id).ExecuteDeleteAsync(ct);
            await db.RepositoryDays.Where(d => d.RepositoryId == id).ExecuteDeleteAsync(ct);
            await db.Plans.Where(p => p.RepositoryId == id).ExecuteDeleteAsync(ct);
            await vault.DeleteAsync(db, RepositoryAccess.OwnerOf(id));
            db.Repositories.Remove(repository);
            note.About("repository", id, new { resticId = repository.ResticId });
        }, ct);
    }

    /// <summary>
    /// What a place is compared with, to see whether it is on the same disk: what its plans save; of a new one, what
    /// the machine's plans do, or else its home folder.
    /// </summary>
    internal async Task<IReadOnlyList<string>> SavedAsync(Guid machine, Guid? repository, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var plans = await db.Plans.AsNoTracking()
            .Where(p => p.MachineId == machine && p.ArchivedAt == null)
            .Where(p => repository == null || p.RepositoryId == repository)
            .Select(p => p.Sources)
            .ToListAsync(ct);
        var sources = plans.SelectMany(s => s).Distinct().Take(MostSaved).ToList();
        return sources.Count > 0 || repository is not null
            ? sources
            : [.. (await db.Machines.AsNoTracking().Where(m => m.Id == machine).Select(m => m.Home).ToListAsync(ct))
                .Where(home => home.Length > 0)];
    }

    internal static string RegionOf(string given) => given.Trim() is { Length: <= 100 } region && !region.Any(char.IsControl)
        ? region
        : throw ProblemException.Invalid(Problems.RegionCannotUsedLonger);

    internal static async Task<Repository> FindAsync(TimeLockerDb db, Guid id, CancellationToken ct) =>
        await db.Repositories.SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw Unknown();

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Repository, Texts.SeeListRepositories);
}
