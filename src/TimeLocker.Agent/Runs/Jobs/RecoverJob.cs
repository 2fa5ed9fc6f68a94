using System.Text.RegularExpressions;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed partial class RecoverJob(RecoverSpec spec) : Job(spec)
{
    public override Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct) =>
        Task.FromResult(desk.Facts(spec.Target, ResticArguments.Recover(spec.Target)));

    // It finds nothing and is content; or it makes one snapshot of all that it found.
    public override RunEnded Judge(ResticResult heard) => heard.Ended(heard.Outcome != RunOutcome.Succeeded ? null : new RunResult
    {
        Maintenance = new MaintenanceResult
        {
            Snapshots = [.. heard.Text.Select(line => Saved().Match(line)).Where(found => found.Success)
                .Select(found => found.Groups[1].Value)],
        },
    });

    [GeneratedRegex("^saved new snapshot ([0-9a-f]{8})")]
    private static partial Regex Saved();
}
