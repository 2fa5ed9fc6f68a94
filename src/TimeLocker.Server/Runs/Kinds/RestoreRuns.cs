using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Restores, in place or to a new folder.</summary>
public sealed class RestoreRuns(
    IDbContextFactory<TimeLockerDb> databases, RepositoryCatalog repositories, SnapshotLists lists,
    AgentRegistry agents, RestoreLimits limits, RunDesk runs, TimeProvider clock)
{
    public async Task<Run> StartAsync(NewRestore wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(RestoreRequest.RoleFor(wanted.InPlace, wanted.DryRun));
        var repository = await repositories.GetAsync(wanted.RepositoryId, ct);
        var snapshot = await SnapshotAsync(wanted, ct);
        var machine = await agents.GetAsync(wanted.MachineId ?? repository.HomeId, ct);
        repository.MustBeReachedFrom(machine.Id, machine.Name);
        if (wanted.InPlace)
        {
            ConfirmInPlace(wanted, machine, snapshot);
        }
        else if (wanted.Replace.Count > 0)
        {
            throw ProblemException.Invalid(Problems.NothingReplaceNamesPlaces);
        }

        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var within = await limits.OfAsync(who, ct);
        var folder = wanted.InPlace ? null : Folder(wanted, machine, id, within);
        if (folder is not null)
        {
            RestoreLimits.Require(folder, within, who);
        }

        var request = new RestoreRequest(
            snapshot.Original ?? snapshot.Id,
            [.. What(wanted, snapshot).Select(SnapshotPath.Checked).Distinct()],
            folder,
            wanted.Overwrite,
            wanted.Verify ?? wanted is { InPlace: true, DryRun: false },
            wanted.DryRun)
        {
            Sources = snapshot.Paths,
            Replace = [.. wanted.Replace.Select(SnapshotPath.Checked).Distinct()],
            Within = within,
            MayEnterSystem = who.Is(Role.Admin),
        };
        return await runs.StartAsync(request, repository, who, ct, Title(wanted, repository.Name),
            plan: snapshot.PlanId, id: id, machine: machine.Id);
    }

    private async Task<Snapshot> SnapshotAsync(NewRestore wanted, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var all = db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == wanted.RepositoryId);
        if (!await all.AnyAsync(ct))
        {
            await lists.UntilListedAsync(wanted.RepositoryId, ct); // adopted a moment ago
        }

        if (wanted.Snapshot is { Length: > 0 } id)
        {
            if (wanted.At is not null)
            {
                throw ProblemException.Invalid(Problems.NotClearWhatRestore);
            }

            var found = await all.Where(s => s.Id.StartsWith(id)).Take(2).ToListAsync(ct);
            found = found.Count > 0 ? found : await all.Where(s => s.Original == id).Take(2).ToListAsync(ct);
            return found.Count == 1 ? found[0]
                : throw new ProblemException(ProblemKind.NotFound,
                    found.Count == 0 ? Texts.NoSnapshotOfId(id) : Texts.IdIsBeginningOfSeveral(id),
                found.Count == 0 ? Texts.RemovedOrListOlder : Texts.TooShort, Texts.SeeListSnapshots);
        }

        var moment = wanted.At ?? throw ProblemException.Invalid(Problems.NothingSaysWhatRestore);
        var plan = wanted.PlanId;
        return await all.Where(s => s.Time <= moment && (plan == null || s.PlanId == plan))
            .OrderByDescending(s => s.Time).FirstOrDefaultAsync(ct)
            ?? throw new ProblemException(ProblemKind.NotFound, Problems.NothingSavedOldestSnapshot(TextArgument.Of(moment, "u")));
    }

    private static void ConfirmInPlace(NewRestore wanted, Machine machine, Snapshot snapshot)
    {
        if (wanted.Target is { Length: > 0 })
        {
            throw ProblemException.Invalid(Problems.RestoreGoesNewFolder);
        }

        if (snapshot.Host != machine.Host)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.SnapshotCannotRestoredOriginal(snapshot.Host, machine.Host));
        }

        if (!wanted.DryRun && wanted.Confirm != machine.Host)
        {
            throw ProblemException.Invalid(Problems.RestoreOriginalPlaceNot(machine.Host));
        }
    }

    // Everything in place means what was saved; taking "/" would also reset the mode and owner of the folders above.
    private static IReadOnlyList<string> What(NewRestore wanted, Snapshot snapshot) =>
        wanted is { InPlace: true, Paths.Count: 0 } && !snapshot.Paths.Contains("/") ? snapshot.Paths : wanted.Paths;

    private string Folder(NewRestore wanted, Machine machine, Guid id, IReadOnlyList<string> within)
    {
        if (wanted.Target is { Length: > 0 } target)
        {
            return target.StartsWith('/') && !target.Contains('\0') && Path.GetFullPath(target) != "/" ? Path.GetFullPath(target)
                : throw ProblemException.Invalid(Problems.CannotTakeRestoreNot(target.AsName()));
        }

        var stamp = agents.LocalTime(machine.Id, clock.GetUtcNow()).ToString("yyyy-MM-dd-HHmmss",
            System.Globalization.CultureInfo.InvariantCulture);
        var home = within.Count > 0 ? within[0] : machine.Home is { Length: > 0 } own ? own : "/var/tmp";
        return Path.Combine(home, "timelocker-restores", $"{stamp}-{id.ToString("N")[^4..]}");
    }

    private static Text Title(NewRestore wanted, string repository) => wanted.Paths switch
    {
        [] or ["/"] => Texts.EverythingFrom(repository),
        [var one] => Texts.OneFrom(Path.GetFileName(one.TrimEnd('/')).AsName(), repository),
        _ => Texts.ItemsFrom(wanted.Paths.Count, repository),
    };
}

/// <summary>By what the snapshot is called at its turn.</summary>
internal sealed class RestoreSpecs(SnapshotIds ids) : ISpecBuilder
{
    public async Task<RunSpec?> BuildAsync(Run run, ResticTarget target, CancellationToken ct) =>
        run.Request is not RestoreRequest restore ? null
        : new RestoreSpec
        {
            RunId = run.Id,
            Target = target,
            SnapshotId = await ids.NowAsync(run.RepositoryId, restore.SnapshotId, ct),
            Paths = restore.Paths,
            Folder = restore.Folder,
            Overwrite = restore.Overwrite,
            Verify = restore.Verify,
            DryRun = restore.DryRun,
            Sources = restore.Sources,
            Replace = restore.Replace,
            Within = restore.Within,
            MayEnterSystem = restore.MayEnterSystem,
        };
}
