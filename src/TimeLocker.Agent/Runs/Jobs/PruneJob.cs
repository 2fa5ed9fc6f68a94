using System.Globalization;
using System.Text.RegularExpressions;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed partial class PruneJob(PruneSpec spec) : Job(spec)
{
    public override bool Writes => !spec.DryRun;

    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        if (!spec.DryRun)
        {
            await desk.RemoveStaleLocksAsync(spec.Target);
        }

        return desk.Facts(spec.Target, ResticArguments.Prune(spec));
    }

    public override RunEnded Judge(ResticResult heard)
    {
        if (heard.Outcome != RunOutcome.Succeeded)
        {
            return heard.Ended();
        }

        var figures = heard.Text.Select(line => Figure().Match(line)).Where(found => found.Success).ToList();
        long Bytes(string name) =>
            figures.FirstOrDefault(f => f.Groups[1].Value == name) is { } found
                ? BytesOf(found.Groups[2].Value, found.Groups[3].Value) : 0;
        if (figures.Count == 0)
        {
            return heard.Failed(Problems.ResticEndedWithoutResult);
        }

        return heard.Ended(new RunResult
        {
            DryRun = spec.DryRun,
            Maintenance = new MaintenanceResult
            {
                BytesFreed = Bytes("total prune"),
                BytesRepacked = Bytes("to repack"),
                BytesUnused = Bytes("unused size after prune"),
                BytesStored = spec.DryRun ? 0 : StoredSize.Of(spec.Target, Bytes("remaining")),
                Report = Said(figures.Select(f => f.Value)),
            },
        });
    }

    /// <summary>restic's rounded sizes ("8.585 MiB").</summary>
    private static long BytesOf(string number, string unit) =>
        (long)(double.Parse(number, CultureInfo.InvariantCulture)
            * Math.Pow(1024, Array.IndexOf(["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], unit)));

    [GeneratedRegex(@"^(to repack|this removes|to delete|total prune|remaining|unused size after prune):\s+(?:\d+ blobs / )?([\d.]+) ([KMGTPE]?i?B)")]
    private static partial Regex Figure();
}
