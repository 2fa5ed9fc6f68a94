using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Server.Api;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Snapshots;

public static class SnapshotOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("snapshots.list", "/repositories/{id}/snapshots", Role.Viewer, "A repository's snapshots, newest first.",
            async (SnapshotCatalog snapshots, SnapshotLists lists, Guid id, Guid? plan, string? host, string? tag,
                DateTimeOffset? since, DateTimeOffset? until, string? after, int? limit, CancellationToken ct) =>
            {
                await lists.UntilListedAsync(id, ct);
                return await snapshots.ListAsync(new()
                {
                    Repository = id,
                    Plan = plan,
                    Host = host,
                    Tag = tag,
                    Since = since,
                    Until = until,
                    After = after,
                    Limit = limit ?? 50,
                }, ct);
            });
        map.Get("snapshots.groups", "/repositories/{id}/snapshot-groups", Role.Viewer,
            "A repository's snapshots by machine and folders.",
            async (SnapshotCatalog snapshots, SnapshotLists lists, Guid id, CancellationToken ct) =>
            {
                await lists.UntilListedAsync(id, ct);
                return new Page<SnapshotGroup>(await snapshots.GroupsAsync(id, ct), null);
            });
        map.Post("snapshots.refresh", "/repositories/{id}/snapshots/refresh", Role.Operator,
            "Reads the list of snapshots from the repository again.",
            async (SnapshotCatalog snapshots, Guid id, Actor who,
                CancellationToken ct) =>
            {
                await snapshots.RefreshAsync(id, who,
                ct); return await snapshots.ListAsync(new() { Repository = id }, ct);
            });
        map.Get("snapshots.get", "/repositories/{id}/snapshots/{snapshot}", Role.Viewer, "One snapshot.",
            async (SnapshotCatalog snapshots, SnapshotLists lists, Guid id, string snapshot, CancellationToken ct) =>
            {
                await lists.UntilListedAsync(id, ct);
                return await snapshots.GetAsync(id, snapshot, ct);
            });
        map.Get("snapshots.at", "/repositories/{id}/snapshot-at", Role.Viewer, "The newest snapshot not later than a moment.",
            async (SnapshotCatalog snapshots, SnapshotLists lists, Guid id, DateTimeOffset at, Guid? plan, CancellationToken ct) =>
            {
                await lists.UntilListedAsync(id, ct);
                return await snapshots.AtAsync(id, at, plan, ct)
                    ?? throw new ProblemException(ProblemKind.NotFound,
                        Problems.NothingSavedOldestSnapshot(TextArgument.Of(at, "u")));
            });
        map.Get("files.list", "/repositories/{id}/snapshots/{snapshot}/files", Role.Operator,
            "A folder of a snapshot, a page at a time.",
            (SnapshotBrowser browser, Guid id, string snapshot, string? path, string? after, int? limit, Actor who,
                CancellationToken ct) =>
                browser.FolderAsync(id, snapshot, path ?? "/", after, limit ?? 200, who, ct));
        map.Stream("files.download", "/repositories/{id}/snapshots/{snapshot}/download", Role.Operator,
            "A file (format=file), or files and folders as zip or tar. Without a format: a file as it is, everything else as zip.",
            DownloadAsync,
            "application/octet-stream");
    }

    [SuppressMessage("Design", "CA1031", Justification = "What has begun can only be cut off.")]
    private static async Task<IResult> DownloadAsync(SnapshotBrowser browser, HttpContext context, Guid id,
        string snapshot, string[] path, string? format, Actor who, CancellationToken ct)
    {
        var kind = QueryEnum.Read<DownloadFormat>(nameof(format), format) ?? await browser.FormatAsync(id, snapshot, path, who, ct);
        var stream = await browser.DownloadAsync(id, snapshot, path, kind, who, ct);
        var name = path.Length == 1 ? Path.GetFileName(path[0].TrimEnd('/')) : "files";
        var ending = kind switch { DownloadFormat.Zip => ".zip", DownloadFormat.Tar => ".tar", _ => "" };
        return Results.Stream(async body =>
        {
            try
            {
                await using (stream)
                {
                    await stream.CopyToAsync(body, ct);
                }
            }
            catch (Exception) when (context.Response.HasStarted)
            {
                context.Abort(); // a download that is cut off must not look whole
            }
        }, "application/octet-stream", (name.Length == 0 ? "snapshot" : name) + ending);
    }
}
