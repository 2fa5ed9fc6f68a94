using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>What the end of a run says about its repository: maintenance, size, and the size of the day.</summary>
public sealed class MaintenanceBook(AgentRegistry agents, TimeProvider clock) : IRunBook
{
    /// <summary>Part of the transaction that writes the end.</summary>
    public async Task RecordAsync(TimeLockerDb db, Run run)
    {
        if (run.Kind == RunKind.Restore
            || await db.Repositories.SingleOrDefaultAsync(r => r.Id == run.RepositoryId) is not { } repository)
        {
            return;
        }

        repository.Maintenance = repository.Maintenance.After(run);
        if (run.Outcome == RunOutcome.Succeeded || run is { IsBackup: true, SnapshotId: not null })
        {
            repository.Trouble = null; // it was reached
        }

        if (run.Outcome != RunOutcome.Succeeded && run.Kind != RunKind.Backup)
        {
            return;
        }

        if (run.Result?.Maintenance is { BytesStored: > 0 } measured && run.Result is { DryRun: false })
        {
            repository.StoredBytes = measured.BytesStored;
        }

        if (run.Kind == RunKind.Copy)
        {
            repository.CopiedAt = run.StartedAt; // what was saved while it copied may be missing in the copy
        }

        if (repository.StoredBytes is { } bytes)
        {
            await NoteDayAsync(db, repository, bytes);
        }
    }

    private async Task NoteDayAsync(TimeLockerDb db, Repository repository, long bytes)
    {
        var on = agents.DayOf(repository.HomeId, clock.GetUtcNow());
        var day = await db.RepositoryDays.FindAsync(repository.Id, on);
        if (day is null)
        {
            db.RepositoryDays.Add(day = new() { RepositoryId = repository.Id, Day = on });
        }

        (day.StoredBytes, day.Snapshots) = (bytes, repository.SnapshotCount);
    }
}
