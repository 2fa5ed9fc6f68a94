using System.Text;
using System.Text.Json;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

internal sealed partial class ResticQueries
{
    private const int MostLocks = 20;

    public async Task<IReadOnlyList<string>> LockIdsAsync(ResticTarget target, CancellationToken ct) =>
        target.Folder is { } folder && !ResticProcess.HasLocks(folder) ? []
            : await IdsAsync(target, ResticArguments.ListLocks(target), ct);

    /// <summary>Who holds a lock. Each is a call of its own, so of very many only the first are read.</summary>
    public async Task<IReadOnlyList<RepositoryLock>> LocksAsync(ResticTarget target, CancellationToken ct)
    {
        List<RepositoryLock> locks = [];
        foreach (var id in (await LockIdsAsync(target, ct)).Take(MostLocks))
        {
            var said = await restic.AskAsync(target, ResticArguments.CatLock(target, id), ResticProcess.QuickLimit, ct,
                mostOutput: 64 * 1024);
            // else it was given back meanwhile
            if (said is { ExitCode: ResticExit.Ok, TimedOut: false } && Read(id, said) is { } held)
            {
                locks.Add(held);
            }
        }

        return locks;
    }

    /// <summary>Those of these pack files that are in the repository.</summary>
    public async Task<IReadOnlyList<string>> PacksAsync(ResticTarget target, IReadOnlyList<string> wanted, CancellationToken ct)
    {
        if (target.Folder is { } folder)
        {
            return [.. wanted.Where(id => File.Exists(Path.Combine(folder, "data", id[..2], id)))];
        }

        var all = (await IdsAsync(target, ResticArguments.ListPacks(target), ct)).ToHashSet();
        return [.. wanted.Where(all.Contains)];
    }

    /// <summary>
    /// Those of these files and folders that are in a snapshot, folders only with something in them; null: that could
    /// not be told.
    /// </summary>
    public async Task<IReadOnlySet<string>?> HeldAsync(ResticTarget target, string snapshotId, IReadOnlyList<string> paths)
    {
        ChildResult said;
        try
        {
            said = await restic.AskAsync(target, ResticArguments.List(target, snapshotId, paths),
                ResticProcess.LongLimit, CancellationToken.None);
        }
        catch (ProblemException)
        {
            return null;
        }

        if (said is not { ExitCode: ResticExit.Ok, TimedOut: false, Truncated: false })
        {
            return null;
        }

        HashSet<string> asked = [.. paths], held = [];
        foreach (var line in Encoding.UTF8.GetString(said.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var node = JsonDocument.Parse(line);
            if (node.RootElement.TryGetProperty("path", out var path) && path.GetString() is { } found)
            {
                var isFile = node.RootElement.GetProperty("type").ValueEquals("file");
                held.UnionWith(((string?[])[isFile ? found : null, Path.GetDirectoryName(found)]).OfType<string>()
                    .Where(asked.Contains));
            }
        }

        return held;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(ResticTarget target, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var said = await restic.AskAsync(target, arguments, ResticProcess.LongLimit, ct);
        return said is { ExitCode: ResticExit.Ok, TimedOut: false, Truncated: false }
            ? [.. Encoding.UTF8.GetString(said.Output).Split('\n').Select(line => line.Trim()).Where(line => line.Length == 64)]
            : throw ResticExit.Exception(said, new Redactor(target));
    }

    private static RepositoryLock? Read(string id, ChildResult said)
    {
        try
        {
            using var document = JsonDocument.Parse(said.Output);
            var held = document.RootElement;
            string Text(string name) => held.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
            var (host, pid, at) = (Text("hostname"), held.GetProperty("pid").GetInt32(),
                held.GetProperty("time").GetDateTimeOffset());
            var stale = DateTimeOffset.Compare(at + RepositoryLock.AbandonedAfter, TimeProvider.System.GetUtcNow()) < 0
                || (host == Environment.MachineName && !Directory.Exists($"/proc/{pid}"));
            return new RepositoryLock(id, host, Text("username"), pid, at,
                held.TryGetProperty("exclusive", out var alone) && alone.GetBoolean(), stale);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
