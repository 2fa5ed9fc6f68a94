using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Demo;

/// <summary>How the repositories of the demo are: checked, pruned, measured, grown; one is damaged.</summary>
internal sealed class DemoMaintenance(DemoHistory history, DateTimeOffset now)
{
    private const int Days = 180;

    public const string Damaged = "Lab store";

    /// <summary>The last run of each kind, and what they say of the repository.</summary>
    public void Fill(Repository place, int n, IReadOnlyList<Snapshot> snapshots)
    {
        var stored = place.StoredBytes ?? 0;
        Problem? problem = place.Name == Damaged ? Problems.RepositoryDamagedFilesIn : null;
        string[] packs = problem is null ? [] : [DemoHistory.Hex($"pack 1 {place.Name}"), DemoHistory.Hex($"pack 2 {place.Name}")];
        string[] concerned = problem is null ? [] : [.. snapshots.OrderByDescending(s => s.Time).Take(9).Select(s => s.Id)];
        var check = Run(place, RunKind.Check, new CheckRequest(CheckDepth.Part, 7 + (n * 2)), now.AddDays(-1 - n),
            problem, new() { Errors = packs.Length, Packs = packs, Snapshots = concerned });
        var prune = Run(place, RunKind.Prune, new PruneRequest(null, null, DryRun: false), now.AddDays(-6 - n), null,
            new() { BytesFreed = stored / 30, BytesRepacked = stored / 110 });
        var stats = Run(place, RunKind.Stats, new StatsRequest(), now.AddDays(-2), null,
            new()
            {
                BytesStored = stored,
                BytesUncompressed = (long)(stored * (1.28 + (n * 0.11))),
                Blobs = stored / 900_000,
            });
        place.Maintenance = new MaintenanceRecord
        {
            Check = Mark(check),
            Prune = Mark(prune),
            Stats = Mark(stats),
            Coverage = new Coverage
            {
                Done = [.. Enumerable.Range(1, 7 + (n * 2))],
                Since = now.AddDays(-7 * (7 + (n * 2))),
                CompletedAt = now.AddDays(-160),
            },
            UncompressedBytes = stats.Result!.Maintenance!.BytesUncompressed,
            Blobs = stats.Result.Maintenance.Blobs,
            Damage = problem is null ? null
                : new(check.EndedAt!.Value, check.Id, packs, concerned,
                    [.. packs.Select(p =>
                        Text.Verbatim($"pack {p} contains 1 errors: ciphertext verification failed".AsForeign()))],
                        Index: false),
        };
    }

    public IEnumerable<RepositoryDay> Growth(Repository place)
    {
        var random = new Random(place.Name.Length);
        var (stored, today) = ((double)(place.StoredBytes ?? 0), DateOnly.FromDateTime(now.Date));
        for (var ago = 0; ago < Days; ago++)
        {
            yield return new RepositoryDay
            {
                RepositoryId = place.Id,
                Day = today.AddDays(-ago),
                StoredBytes = (long)stored,
                Snapshots = Math.Max(1, place.SnapshotCount - (ago * 2)),
            };

            // Backwards: a little smaller the day before, and larger before each prune.
            stored *= ago % 30 == 6 ? 1.035 : 1 - (random.NextDouble() * 0.0042);
        }
    }

    private Run Run(Repository place, RunKind kind, RunRequest request, DateTimeOffset at, Problem? problem,
        MaintenanceResult maintenance)
    {
        var run = new Run
        {
            Id = history.At(at),
            Kind = kind,
            Cause = RunCause.Person,
            RepositoryId = place.Id,
            MachineId = place.HomeId,
            Title = Text.Verbatim(place.Name),
            RequestedBy = Actor.System.Id,
            Request = request,
            QueuedAt = at,
        };
        run.Apply(new RunStarted($"restic {kind.ToString().ToLowerInvariant()}", "0.19.1") { At = at });
        run.Apply(new RunEnded(problem is null ? RunOutcome.Succeeded : RunOutcome.Failed, null,
            new RunResult { Maintenance = maintenance }, problem)
        { At = at.AddMinutes(14) });
        history.Runs.Add(run);
        return run;
    }

    private static MaintenanceMark Mark(Run run) => new(run.EndedAt!.Value, run.Id, run.Outcome!.Value);
}
