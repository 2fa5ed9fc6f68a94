using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Repositories;

public sealed partial class RepositoryCatalog
{
    /// <summary>What holds it now: asked of the repository itself.</summary>
    public async Task<IReadOnlyList<RepositoryLock>> LocksAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Viewer);
        var repository = await GetAsync(id, ct);
        return await AskAsync(repository, target => new ListLocks(target), ct);
    }

    /// <summary>Its size on each of the last days on which it was known, oldest first.</summary>
    public async Task<IReadOnlyList<RepositoryDay>> GrowthAsync(Guid id, int days, CancellationToken ct = default)
    {
        await GetAsync(id, ct);
        var since = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone).DateTime).AddDays(1 - Math.Clamp(days, 1, 3660));
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.RepositoryDays.AsNoTracking().Where(d => d.RepositoryId == id && d.Day >= since).OrderBy(d => d.Day).ToListAsync(ct);
    }

    // The machine that holds the new copy has to reach both.
    private async Task<ResticTarget?> SourceAsync(NewRepository wanted, ResticTarget target, CancellationToken ct)
    {
        if (wanted.CopyOf is not { } id)
        {
            return null;
        }

        var source = await GetAsync(id, ct);
        if (!wanted.Create || source.CopyOfId is not null || source.MachineId != (wanted.MachineId ?? agents.LocalId))
        {
            throw ProblemException.Invalid($"This cannot become a copy of “{source.Name}”.",
                !wanted.Create ? "A repository that is already there cuts its data in other pieces." : source.CopyOfId is not null ? "That is a copy itself." : "Another machine reaches that one.",
                !wanted.Create ? "Create a new one as the copy." : source.CopyOfId is not null ? "Copy from the original." : "Choose the same machine.");
        }

        var from = await TargetAsync(source, ct);
        target.JoinedWith(from); // refused before anything is made
        return from;
    }
}
