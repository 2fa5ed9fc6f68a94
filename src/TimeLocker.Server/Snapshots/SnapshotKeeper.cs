using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Snapshots;

/// <summary>
/// Reads a repository's list of snapshots again when it is stale, and all of them now and then: other programs may
/// write to them, too.
/// </summary>
public sealed class SnapshotKeeper(RepositoryCatalog repositories, SnapshotLists lists, SnapshotCatalog snapshots,
    ClockWatch watch, TimeProvider clock) : IBackgroundWork
{
    private readonly HashSet<Guid> unread = [];

    public string Name => "lists";

    public Text Does => Texts.SnapshotKeeperDoes;

    public void Begin(Action wake) => lists.WentStale += wake;

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        if (!asked || (unread.Count == 0 && !lists.Stale.TryPeek(out _)))
        {
            await watch.NoteAsync(ct); // also where nothing is scheduled
            unread.UnionWith((await repositories.ListAsync(ct)).Select(r => r.Id));
        }

        var faults = new FaultCollector();
        foreach (var id in unread.ToList())
        {
            await faults.TryAsync(() => ReadAsync(id, ct), ct); // one repository holds up no other
        }

        while (lists.Stale.TryRead(out var id))
        {
            await faults.TryAsync(() => ReadAsync(id, ct), ct); // one repository holds up no other
        }

        faults.Throw(); // it is read with the next try
        return clock.Next(RegularTimes.EverySixHours);
    }

    private async Task ReadAsync(Guid id, CancellationToken ct)
    {
        try
        {
            unread.Add(id);
            await snapshots.RefreshAsync(id, ct);
        }
        catch (ProblemException gone) when (gone.Kind == ProblemKind.NotFound)
        {
            // It was removed meanwhile.
        }

        unread.Remove(id);
    }
}
