using TimeLocker.Core;
using TimeLocker.Server.Api;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Runs;

/// <summary>Runs that keep a repository healthy, and the queue that all runs stand in.</summary>
public static class MaintenanceOperations
{
    /// <summary>Until when nothing new begins.</summary>
    public sealed record NewPause(DateTimeOffset Until);

    /// <summary>Whether nothing new begins, and until when.</summary>
    public sealed record PauseState(Pause? Paused);

    /// <summary>How many runs a machine may have at once.</summary>
    /// <param name="MachineId">Null: this one.</param>
    public sealed record NewCap(int Runs, Guid? MachineId = null);

    public static void Map(OperationMap map)
    {
        map.Post("repositories.check", "/repositories/{id}/check", Role.Operator,
            "Checks a repository: its structure, or also a part or all of its data. Answers with the run.",
            (CheckRuns runs, Guid id, NewCheck? check, Actor who, CancellationToken ct) => runs.StartAsync(id,
                check ?? new(), who, ct), 201);
        map.Post("repositories.prune", "/repositories/{id}/prune", Role.Admin,
            "Removes data that no snapshot needs, or says what would be removed (dryRun). Answers with the run.",
            (PruneRuns runs, Guid id, NewPrune? prune, Actor who, CancellationToken ct) => runs.StartAsync(id,
                prune ?? new(), who, ct), 201);
        map.Post("repositories.unlock", "/repositories/{id}/unlock", Role.Operator,
            "Removes stale locks left by programs that are gone, never live ones. Answers with the run.",
            (UnlockRuns runs, Guid id, Actor who, CancellationToken ct) => runs.StartAsync(id, who, ct), 201);
        map.Post("repositories.repair", "/repositories/{id}/repair", Role.Admin,
            "Repairs the index, damaged packs or the snapshots, or says what it would do (dryRun). Answers with the run.",
            (RepairRuns runs, Guid id, NewRepair repair, Actor who, CancellationToken ct) => runs.StartAsync(id, repair,
                who, ct), 201);
        map.Post("repositories.recover", "/repositories/{id}/recover", Role.Admin,
            "Finds the folders of snapshots that were removed, while their data is still there, and makes a snapshot of them. Answers with the run.",
            (RecoverRuns runs, Guid id, Actor who, CancellationToken ct) => runs.StartAsync(id, who, ct), 201);
        map.Post("repositories.copy", "/repositories/{id}/copy", Role.Operator,
            "Brings a copy of this repository up to date. Answers with the run.",
            (CopyRuns runs, Guid id, NewCopy? copy, Actor who, CancellationToken ct) => runs.StartAsync(id,
                copy ?? new(), who, ct), 201);
        map.Post("repositories.stats", "/repositories/{id}/stats", Role.Operator,
            "Measures how large a repository is. Answers with the run.",
            (StatsRuns runs, Guid id, Actor who, CancellationToken ct) => runs.StartAsync(id, who, ct), 201);
        map.Get("queue.get", "/queue", Role.Viewer,
            "What waits, and for what; whether all is paused; how many runs a machine does at a time.",
            (RunQueue queue, Actor who) => queue.State(who));
        map.Get("queue.paused", "/queue/pause", Role.Viewer, "Whether all is paused, until when, by whom.",
            (RunQueue queue) => new PauseState(queue.Paused));
        map.Put("queue.pause", "/queue/pause", Role.Operator, "Lets no run begin until a moment; what goes on already goes on.",
            async (RunQueue queue, NewPause pause, Actor who, CancellationToken ct) =>
            {
                await queue.PauseAsync(pause.Until, who, ct);
                return queue.State(who);
            });
        map.Delete("queue.resume", "/queue/pause", Role.Operator, "Lets runs begin again.",
            async (RunQueue queue, Actor who, CancellationToken ct) =>
            {
                await queue.ResumeAsync(who, ct);
                return queue.State(who);
            });
        map.Put("queue.limit", "/queue/cap", Role.Admin, "Sets how many runs a machine does at a time.",
            async (RunQueue queue, NewCap cap, Actor who, CancellationToken ct) =>
            {
                await queue.SetMachineCapAsync(cap.Runs, who, cap.MachineId, ct);
                return queue.State(who);
            });
    }
}
