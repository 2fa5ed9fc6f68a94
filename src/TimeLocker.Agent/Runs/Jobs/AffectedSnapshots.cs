using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Runs.Jobs;

/// <summary>Looks for the snapshots that need what a check found damaged.</summary>
internal sealed partial class AffectedSnapshots(ResticProcess restic, ResticTarget target)
{
    private const int MostIds = 100, MostSnapshots = 500, MostBlobs = 500, MostOutput = 64 << 20;

    private readonly CancellationTokenSource clock = new(ResticProcess.LongLimit);
    private readonly HashSet<string> found = [];
    private bool complete = true;

    /// <returns>Full ids where they are known, and whether these are all.</returns>
    public async Task<(IReadOnlyList<string> Snapshots, bool Complete)> FindAsync(CheckReport report)
    {
        if (report.IndexUnreadable || report.Snapshots.Count > 0)
        {
            await ListAsync(id => report.IndexUnreadable
                || report.Snapshots.Any(begin => id.StartsWith(begin, StringComparison.Ordinal)));
        }

        if (!report.IndexUnreadable && report.Packs.Count > 0)
        {
            var packs = report.Packs.Take(MostIds).ToList();
            if (!await SearchAsync(ResticArguments.FindPacks(target, packs)))
            {
                await SearchByIndexAsync([.. packs]);
            }
        }

        if (!report.IndexUnreadable && report.Trees.Count > 0)
        {
            complete &= await SearchAsync(ResticArguments.FindTrees(target, report.Trees.Take(MostIds)));
        }

        clock.Dispose();
        return ([.. found.Order().Take(MostSnapshots)],
            complete && report.Packs.Count <= MostIds && report.Trees.Count <= MostIds && found.Count <= MostSnapshots);
    }

    private async Task ListAsync(Predicate<string> wanted)
    {
        var said = await AskAsync(ResticArguments.ListSnapshots(target));
        complete &= said is not null;
        found.UnionWith(Id().Matches(said ?? "").Select(id => id.Value).Where(id => wanted(id)));
    }

    // restic looks into each pack; one that is cut off stops it. The index knows what was in there, too.
    private async Task SearchByIndexAsync(HashSet<string> packs)
    {
        List<(string Id, bool Tree)> lost = [];
        foreach (Match index in Id().Matches(await AskAsync(ResticArguments.ListIndexes(target)) ?? ""))
        {
            lost.AddRange(Blobs(await AskAsync(ResticArguments.CatIndex(target, index.Value)) ?? "", packs));
        }

        complete &= lost.Count is > 0 and <= MostBlobs;
        foreach (var kind in lost.Take(MostBlobs).ToLookup(blob => blob.Tree, blob => blob.Id))
        {
            complete &= await SearchAsync(kind.Key ? ResticArguments.FindTrees(target, kind)
                : ResticArguments.FindBlobs(target, kind));
        }
    }

    private static List<(string Id, bool Tree)> Blobs(string index, HashSet<string> packs)
    {
        try
        {
            using var document = JsonDocument.Parse(index);
            return [.. document.RootElement.GetProperty("packs").EnumerateArray()
                .Where(pack => packs.Contains(pack.GetProperty("id").GetString()!))
                .SelectMany(pack => pack.GetProperty("blobs").EnumerateArray())
                .Select(blob => (blob.GetProperty("id").GetString()!, blob.GetProperty("type").GetString() == "tree"))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    // A folder that cannot be read is named in plain words between the JSON, with the snapshot that has it.
    private async Task<bool> SearchAsync(IReadOnlyList<string> arguments)
    {
        var said = await AskAsync(arguments);
        found.UnionWith(Needs().Matches(said ?? "").Select(id => id.Groups[1].Value));
        return said is not null;
    }

    /// <returns>Null: it did not come to a good end.</returns>
    private async Task<string?> AskAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            var said = await restic.AskAsync(target, arguments, ResticProcess.LongLimit, clock.Token, MostOutput);
            return said is { ExitCode: ResticExit.Ok, TimedOut: false, Truncated: false }
                ? Encoding.UTF8.GetString(said.Output) : null;
        }
        catch (Exception e) when (e is OperationCanceledException or ProblemException)
        {
            return null;
        }
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Id();

    [GeneratedRegex("(?:\"snapshot\":\"|belongs to snapshot )([0-9a-f]{64})")]
    private static partial Regex Needs();
}
