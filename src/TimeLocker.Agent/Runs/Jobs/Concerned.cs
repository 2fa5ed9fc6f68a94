using System.Text;
using System.Text.RegularExpressions;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Runs.Jobs;

/// <summary>Looks for the snapshots that need what a check found damaged.</summary>
internal sealed partial class Concerned(ResticProcess restic, ResticTarget target)
{
    private const int MostIds = 100, MostSnapshots = 500, MostOutput = 64 << 20;

    private readonly CancellationTokenSource clock = new(ResticProcess.LongLimit);
    private readonly HashSet<string> found = [];
    private bool complete = true;

    /// <returns>Full ids where they are known, and whether these are all.</returns>
    public async Task<(IReadOnlyList<string> Snapshots, bool Complete)> FindAsync(CheckReport report)
    {
        if (report.IndexUnreadable || report.Snapshots.Count > 0)
        {
            await ListAsync(id => report.IndexUnreadable || report.Snapshots.Any(begin => id.StartsWith(begin, StringComparison.Ordinal)));
        }

        if (!report.IndexUnreadable && report.Packs.Count > 0)
        {
            await SearchAsync(ResticArguments.FindPacks(target, report.Packs.Take(MostIds)));
        }

        if (!report.IndexUnreadable && report.Trees.Count > 0)
        {
            await SearchAsync(ResticArguments.FindTrees(target, report.Trees.Take(MostIds)));
        }

        clock.Dispose();
        return ([.. found.Order().Take(MostSnapshots)], complete && report.Packs.Count <= MostIds && report.Trees.Count <= MostIds && found.Count <= MostSnapshots);
    }

    private async Task ListAsync(Predicate<string> wanted)
    {
        if (await AskAsync(ResticArguments.ListSnapshots(target)) is { } said)
        {
            found.UnionWith(Id().Matches(said).Select(id => id.Value).Where(id => wanted(id)));
        }
    }

    // A folder that cannot be read is named in plain words between the JSON, with the snapshot that has it.
    private async Task SearchAsync(IReadOnlyList<string> arguments)
    {
        if (await AskAsync(arguments) is { } said)
        {
            found.UnionWith(Needs().Matches(said).Select(id => id.Groups[1].Value));
        }
    }

    private async Task<string?> AskAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            var said = await restic.AskAsync(target, arguments, ResticProcess.LongLimit, clock.Token, MostOutput);
            complete &= said is { ExitCode: ResticExit.Ok, TimedOut: false, Truncated: false };
            return Encoding.UTF8.GetString(said.Output);
        }
        catch (Exception e) when (e is OperationCanceledException or ProblemException)
        {
            complete = false;
            return null;
        }
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Id();

    [GeneratedRegex("(?:\"snapshot\":\"|belongs to snapshot )([0-9a-f]{64})")]
    private static partial Regex Needs();
}
