using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class StatsJob(StatsSpec spec) : Job(spec)
{
    public override bool Writes => false;

    public override Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct) =>
        Task.FromResult(desk.Facts(spec.Target, ResticArguments.Stats(spec.Target)));

    public override RunEnded Judge(ResticResult heard) => heard.Outcome != RunOutcome.Succeeded ? heard.Ended()
        : heard.Summary is not { } said ? heard.Failed(Problems.ResticEndedWithoutResultLookLogThen)
        : heard.Ended(new RunResult
        {
            Maintenance = new MaintenanceResult
            {
                BytesStored = StoredSize.Of(spec.Target, said.Number("total_size")),
                BytesUncompressed = Math.Max(said.Number("total_uncompressed_size"), said.Number("total_size")),
                Blobs = said.Number("total_blob_count"),
            },
        });
}
