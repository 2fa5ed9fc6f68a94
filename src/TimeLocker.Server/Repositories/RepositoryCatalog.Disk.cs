using Microsoft.EntityFrameworkCore;

namespace TimeLocker.Server.Repositories;

public sealed partial class RepositoryCatalog
{
    private const int MostSaved = 100;

    /// <summary>
    /// What a place is compared with, to see whether it is on the same disk: what its plans save; of a new one, what
    /// the machine's plans do, or else its home folder.
    /// </summary>
    private async Task<IReadOnlyList<string>> SavedAsync(Guid machine, Guid? repository, CancellationToken ct)
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
}
