using System.Collections.Concurrent;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Feeds;

/// <summary>How many runs have ended how since the start: counted as they end, so that no scrape reads history.</summary>
public sealed class RunCounts(TimeProvider clock) : IRunBook
{
    private readonly ConcurrentDictionary<(RunKind Kind, RunOutcome Outcome), long> counts = new();

    public DateTimeOffset Since { get; } = clock.GetUtcNow();

    public IReadOnlyDictionary<(RunKind Kind, RunOutcome Outcome), long> All => counts;

    public Task RecordAsync(TimeLockerDb db, Run run)
    {
        if (run is { Outcome: { } outcome, DryRun: false })
        {
            counts.AddOrUpdate((run.Kind, outcome), 1, (_, n) => n + 1);
        }

        return Task.CompletedTask;
    }
}
