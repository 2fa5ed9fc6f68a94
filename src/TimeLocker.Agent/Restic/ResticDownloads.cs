using System.IO.Pipelines;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>Files and archives out of snapshots, streamed. A failure of restic shows as an exception at the end of the stream.</summary>
internal sealed class ResticDownloads(ResticProcess restic, ResticTree trees)
{
    public async Task<Stream> OpenAsync(FileRequest request, CancellationToken ct)
    {
        if (request.Paths.FirstOrDefault(path => path.Contains('\uFFFD', StringComparison.Ordinal)) is { } unreadable)
        {
            throw ProblemException.Invalid("This cannot be downloaded by itself.", $"The name {unreadable} holds bytes that are no text, so it cannot be named to restic.", "Download the folder that holds it, as an archive.");
        }

        if (request.Format == DownloadFormat.File)
        {
            return request.Paths is [var file]
                ? await StartAsync(request.Target, ResticArguments.DumpFile(request.Target, request.SnapshotId, file))
                : throw ProblemException.Invalid("Several files need an archive.", $"{request.Paths.Count} paths were chosen.", "Choose zip or tar.");
        }

        var selection = RestoreSelection.Of(request.Paths);
        var zip = request.Format == DownloadFormat.Zip;
        var parts = await FindAsync(request, selection, ct);
        return parts is [] or [{ Entry.Kind: EntryKind.Folder }]
            ? await StartAsync(request.Target, ResticArguments.DumpArchive(request.Target, zip ? "zip" : "tar", request.SnapshotId, selection.Parent, parts is [var only] ? only.Name : "/"))
            : Join(zip ? new ZipDownload(parts) : new TarDownload(parts));
    }

    // restic makes an archive of a folder only; whether a path is one, its parent knows.
    private async Task<List<DownloadPart>> FindAsync(FileRequest request, RestoreSelection selection, CancellationToken ct)
    {
        List<DownloadPart> parts = [];
        foreach (var folder in selection.Names.GroupBy(RestoreSelection.ParentOf))
        {
            var parent = selection.Parent == "/" ? folder.Key : selection.Parent + folder.Key;
            var tree = await trees.ReadAsync(request.Target, request.SnapshotId, parent, null, ct);
            foreach (var name in folder)
            {
                var entry = tree?.Entries.FirstOrDefault(e => e.Name == name[(name.LastIndexOf('/') + 1)..])
                    ?? throw new ProblemException(ProblemKind.NotFound, ResticProblems.Find("not found in snapshot")!.Value.Problem);
                parts.Add(new DownloadPart(name, entry, () => entry.Kind == EntryKind.Folder
                    ? StartAsync(request.Target, ResticArguments.DumpArchive(request.Target, "tar", request.SnapshotId, selection.Parent, name))
                    : StartAsync(request.Target, ResticArguments.DumpFile(request.Target, request.SnapshotId, selection.Parent == "/" ? name : selection.Parent + name))));
            }
        }

        return parts;
    }

    private async Task<Stream> StartAsync(ResticTarget target, IReadOnlyList<string> arguments)
    {
        var files = restic.NewFiles(target);
        return new ResticStream(ChildProcess.Start(await restic.CommandAsync(target, arguments, files.Path)), files, new Redactor(target));
    }

    private static JoinedStream Join(IDownload download)
    {
        var pipe = new Pipe();
        var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            Exception? failure = null;
            try
            {
                await using var output = pipe.Writer.AsStream(leaveOpen: true);
                await download.WriteAsync(output, stop.Token);
            }
            catch (Exception e)
            {
                // Whatever it was, the reader must learn that the archive is not whole.
                failure = e;
            }

            await pipe.Writer.CompleteAsync(failure);
        });
        return new JoinedStream(pipe.Reader, stop, writing);
    }
}
