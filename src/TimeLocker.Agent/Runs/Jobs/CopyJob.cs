using System.Text.RegularExpressions;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed partial class CopyJob(CopySpec spec) : Job(spec)
{
    public override ResticTarget Target => spec.Target.JoinedWith(spec.From);

    public override bool GoesWithoutLock => true;

    public override Secret Second => spec.From.Password;

    public override IReadOnlyList<ResticTarget> Locked => [spec.Target, spec.From];

    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        await desk.LookAtSourceAsync(spec.From, ct);
        return desk.Facts(Target, ResticArguments.Copy(Target, spec.Snapshots));
    }

    public override RunEnded Judge(ResticResult heard) => heard.Ended(heard.Outcome != RunOutcome.Succeeded ? null : new RunResult
    {
        Maintenance = new MaintenanceResult
        {
            Snapshots = [.. heard.Text.Select(line => Saved().Match(line)).Where(found => found.Success)
                .Select(found => found.Groups[1].Value)],
            BytesStored = spec.Target.Folder is null ? 0 : StoredSize.Of(spec.Target, 0),
        },
    });

    [GeneratedRegex("^snapshot ([0-9a-f]{8}) saved")]
    private static partial Regex Saved();
}
