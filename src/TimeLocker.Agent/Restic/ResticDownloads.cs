using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// Files and archives out of snapshots, streamed. A failure of restic shows as an exception at the end of the stream.
/// </summary>
internal sealed class ResticDownloads(ResticProcess restic, ResticTree trees)
{
    private const int Readable = 0x16D; // r-xr-xr-x

    public async Task<Stream> OpenAsync(FileRequest request, CancellationToken ct)
    {
        if (request.Paths.FirstOrDefault(path => path.Contains('\uFFFD', StringComparison.Ordinal)) is { } unreadable)
        {
            throw ProblemException.Invalid(Problems.CannotDownloadedItselfName(unreadable.AsName()));
        }

        if (request.Format == DownloadFormat.File)
        {
            return request.Paths is [var file]
                ? await StartAsync(request.Target, ResticArguments.DumpFile(request.Target, request.SnapshotId, file))
                : throw ProblemException.Invalid(Problems.SeveralFilesNeedArchive(request.Paths.Count));
        }

        var selection = RestoreSelection.Of(request.Paths);
        var zip = request.Format == DownloadFormat.Zip;
        var parts = selection.Names.Count > 0 ? await FindAsync(request, selection, ct)
            : [
                new DownloadPart("/",
                    new TreeEntry("", EntryKind.Folder, 0, default, Readable, null, null),
                    () => OpenFolderAsync(request, selection, "/", ct)),
            ];
        if (zip && parts.All(part => part.Entry.Kind == EntryKind.Other))
        {
            throw ProblemException.Invalid(Problems.ZipCannotHoldNamed);
        }

        return Join(zip ? new ZipDownload(parts) : new TarDownload(parts));
    }

    // restic makes an archive of a folder only; whether a path is one, its parent knows.
    private async Task<List<DownloadPart>> FindAsync(FileRequest request, RestoreSelection selection, CancellationToken ct)
    {
        List<DownloadPart> parts = [];
        foreach (var folder in Outermost(selection.Names).GroupBy(RestoreSelection.ParentOf))
        {
            var tree = await trees.ReadAsync(request.Target, request.SnapshotId, Below(selection.Parent, folder.Key), null, ct);
            foreach (var name in folder)
            {
                var entry = tree?.Entries.FirstOrDefault(e => e.Name == name[(name.LastIndexOf('/') + 1)..])
                    ?? throw new ProblemException(ProblemKind.NotFound,
                        ResticProblems.Find("not found in snapshot")!.Value.Problem);
                parts.Add(new DownloadPart(name, entry, () => entry.Kind == EntryKind.Folder
                    ? OpenFolderAsync(request, selection, name, ct)
                    : StartAsync(request.Target,
                        ResticArguments.DumpFile(request.Target, request.SnapshotId, Below(selection.Parent, name)))));
            }
        }

        return parts;
    }

    // What lies in a folder that is chosen, too, comes with it.
    private static IEnumerable<string> Outermost(IReadOnlyList<string> names)
    {
        HashSet<string> chosen = [.. names];
        return names.Where(name =>
        {
            var above = name;
            while ((above = RestoreSelection.ParentOf(above)) != "/" && !chosen.Contains(above))
            {
            }

            return above == "/";
        });
    }

    private async Task<Stream> OpenFolderAsync(FileRequest request, RestoreSelection selection, string name,
        CancellationToken ct) => new TypedTar(
        await StartAsync(request.Target,
            ResticArguments.DumpArchive(request.Target, "tar", request.SnapshotId, selection.Parent, name)),
        () => SpecialsAsync(request, new RestoreSelection(selection.Parent, name == "/" ? [] : [name]), ct));

    private async Task<Dictionary<string, TreeEntry>> SpecialsAsync(FileRequest request, RestoreSelection selection,
        CancellationToken ct)
    {
        List<string> found = [];
        await new ResticListing(restic).ReadAsync(request.Target, request.SnapshotId, selection, recursive: true, entry =>
        {
            if (entry.Kind is PlaceKind.Pipe or PlaceKind.Device)
            {
                found.Add(entry.Path);
            }
        }, ct);
        Dictionary<string, TreeEntry> specials = [];
        foreach (var folder in found.GroupBy(RestoreSelection.ParentOf))
        {
            var tree = await trees.ReadAsync(request.Target, request.SnapshotId, Below(selection.Parent, folder.Key), null, ct);
            foreach (var entry in (tree?.Entries ?? []).Where(entry => entry.Kind == EntryKind.Other))
            {
                specials[Below(folder.Key, "/" + entry.Name).TrimStart('/')] = entry;
            }
        }

        return specials;
    }

    private static string Below(string parent, string name) => parent == "/" ? name : name == "/" ? parent : parent + name;

    private async Task<Stream> StartAsync(ResticTarget target, IReadOnlyList<string> arguments)
    {
        var files = restic.NewFiles(target);
        return new ResticStream(ChildProcess.Start(await restic.CommandAsync(target, arguments, files.Path)), files,
            new Redactor(target));
    }

    [SuppressMessage("Design", "CA1031", Justification = "The reader learns of any fault that the archive is not whole.")]
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
