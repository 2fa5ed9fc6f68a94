using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Repositories;

public sealed partial class RepositoryCatalog
{
    /// <summary>The upkeep of a repository changed: something else may be due now.</summary>
    public event Action? CareChanged;

    private string Zone => clock.LocalTimeZone is { HasIanaId: true } zone ? zone.Id : "UTC";

    /// <summary>What happens to a repository by itself; takes the list as a whole.</summary>
    public async Task<Repository> SetCareAsync(Guid id, IReadOnlyList<CareSchedule> wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var changed = await audit.ChangeAsync(who, "repository.care-set", async (db, note) =>
        {
            var repository = await FindAsync(db, id, ct);
            var copies = await db.Repositories.Where(r => r.CopyOfId == id).Select(r => r.Id).ToListAsync(ct);
            var care = CareRules.Checked(wanted, repository.Name, repository.AppendOnly, copies);
            if (!care.SequenceEqual(repository.Care))
            {
                (repository.Care, repository.CareUntil) = (care, clock.GetUtcNow()); // what a new schedule would have meant yesterday was not missed
            }

            note.About("repository", id, new { care = care.Select(c => $"{c.Kind} {c.When.Cron} {c.When.Zone}") });
            return repository;
        }, ct);
        CareChanged?.Invoke();
        return changed;
    }
}
