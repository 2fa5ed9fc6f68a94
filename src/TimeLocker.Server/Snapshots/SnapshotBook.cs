using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Snapshots;

/// <summary>
/// The snapshot that a backup made. restic's summary says all of it but its tree, so no listing is needed after a
/// backup.
/// </summary>
public sealed class SnapshotBook : IRunBook
{
    public async Task RecordAsync(TimeLockerDb db, Run run)
    {
        if (run is not { SnapshotId: { } id, IsBackup: true }
            || await db.Snapshots.AnyAsync(s => s.RepositoryId == run.RepositoryId && s.Id == id))
        {
            return;
        }

        var plan = await db.Plans.SingleOrDefaultAsync(p => p.Id == run.PlanId);
        var machine = await db.Machines.SingleAsync(m => m.Id == run.MachineId);
        var repository = await db.Repositories.SingleAsync(r => r.Id == run.RepositoryId);
        var request = run.Request as BackupRequest;
        var snapshot = new Snapshot
        {
            RepositoryId = run.RepositoryId,
            Id = id,
            Time = run.Result?.SnapshotAt ?? run.EndedAt!.Value,
            Host = machine.Host,
            Paths = run.Result?.Sources is { Count: > 0 } found
                ? [.. found.Where(s => s.WhyNot is null).Select(s => s.Saved).Distinct()]
                : request is { Paths.Count: > 0 } ? [.. request.Paths]
                : plan?.Options.Command is { } command ? [command.Path]
                : plan?.Sources ?? [],
            Tags = [.. (plan?.Options.Tags ?? []).Union(request?.Tags ?? []), RunSpec.TagOf(run.Id)],
            RunId = run.Id,
            PlanId = run.PlanId,
            Files = run.Result?.FilesTotal,
            Bytes = run.Result?.BytesTotal,
            BytesAdded = run.Result?.BytesStored,
        };
        db.Snapshots.Add(snapshot);
        repository.SnapshotCount++;
        repository.NewestSnapshotAt = repository.NewestSnapshotAt is { } newest && newest > snapshot.Time ? newest : snapshot.Time;
        repository.StoredBytes += run.Result?.BytesStored ?? 0;
    }
}
