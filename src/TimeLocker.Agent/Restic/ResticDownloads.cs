using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Pipelines;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>Files and archives out of snapshots, streamed. A failure of restic shows as an exception at the end of the stream.</summary>
internal sealed class ResticDownloads(ResticProcess restic)
{
    public async Task<Stream> OpenAsync(FileRequest request, CancellationToken ct)
    {
        if (request.Paths.FirstOrDefault(path => path.Contains('\uFFFD', StringComparison.Ordinal)) is { } unreadable)
        {
            throw ProblemException.Invalid("This cannot be downloaded by itself.", $"The name {unreadable} holds bytes that are no text, so it cannot be named to restic.", "Download the folder that holds it, as an archive.");
        }

        ct.ThrowIfCancellationRequested();
        var (target, id) = (request.Target, request.SnapshotId);
        if (request.Format == DownloadFormat.File)
        {
            return request.Paths is [var file]
                ? await StartAsync(target, ResticArguments.DumpFile(target, id, file))
                : throw ProblemException.Invalid("Several files need an archive.", $"{request.Paths.Count} paths were chosen.", "Choose zip or tar.");
        }

        var selection = RestoreSelection.Of(request.Paths);
        var zip = request.Format == DownloadFormat.Zip;
        return selection.Names.Count <= 1
            ? await StartAsync(target, ResticArguments.DumpArchive(target, zip ? "zip" : "tar", id, selection.Parent, selection.Names is [var name] ? name : "/"))
            : Join(request, selection, zip ? ZipAsync : TarAsync);
    }

    private async Task<ResticStream> StartAsync(ResticTarget target, IReadOnlyList<string> arguments) =>
        new(ChildProcess.Start(await restic.CommandAsync(target, arguments)), new Redactor(target));

    private Task<ResticStream> PartAsync(FileRequest request, RestoreSelection selection, string name) =>
        StartAsync(request.Target, ResticArguments.DumpArchive(request.Target, "tar", request.SnapshotId, selection.Parent, name));

    private static JoinedStream Join(FileRequest request, RestoreSelection selection, Func<FileRequest, RestoreSelection, Stream, CancellationToken, Task> write)
    {
        var pipe = new Pipe();
        var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            Exception? failure = null;
            try
            {
                await write(request, selection, pipe.Writer.AsStream(leaveOpen: true), stop.Token);
            }
            catch (Exception e)
            {
                failure = e;
            }

            await pipe.Writer.CompleteAsync(failure);
        });
        return new JoinedStream(pipe.Reader, stop, writing);
    }

    // A tar ends with two empty blocks: of all parts but the last they are left out, and the parts are one archive.
    private async Task TarAsync(FileRequest request, RestoreSelection selection, Stream output, CancellationToken ct)
    {
        const int End = 1024;
        var buffer = new byte[64 * 1024];
        foreach (var name in selection.Names)
        {
            await using var part = await PartAsync(request, selection, name);
            var kept = 0;
            for (int read; (read = await part.ReadAsync(buffer.AsMemory(kept), ct)) > 0;)
            {
                var ready = Math.Max(0, kept + read - End);
                await output.WriteAsync(buffer.AsMemory(0, ready), ct);
                kept = kept + read - ready;
                buffer.AsSpan(ready, kept).CopyTo(buffer);
            }
        }

        await output.WriteAsync(new byte[End], ct);
    }

    private async Task ZipAsync(FileRequest request, RestoreSelection selection, Stream output, CancellationToken ct)
    {
        const int FileType = 0x8000, FolderType = 0x4000, LinkType = 0xA000;
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct);
        foreach (var name in selection.Names)
        {
            await using var part = await PartAsync(request, selection, name);
            await using var tar = new TarReader(part, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, ct) is { } from)
            {
                var type = from.EntryType switch { TarEntryType.Directory => FolderType, TarEntryType.SymbolicLink => LinkType, TarEntryType.RegularFile => FileType, _ => 0 };
                if (type == 0)
                {
                    continue;
                }

                var to = zip.CreateEntry(from.Name.TrimStart('/'), CompressionLevel.Fastest);
                to.ExternalAttributes = ((int)from.Mode | type) << 16;
                to.LastWriteTime = from.ModificationTime.Year is >= 1980 and <= 2107 ? from.ModificationTime : new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                await using var content = await to.OpenAsync(ct);
                if (type == LinkType)
                {
                    await content.WriteAsync(System.Text.Encoding.UTF8.GetBytes(from.LinkName), ct);
                }
                else if (from.DataStream is { } data)
                {
                    await data.CopyToAsync(content, ct);
                }
            }

            // The reader stops at the tar's end; restic's exit code comes after it.
            await part.CopyToAsync(Stream.Null, ct);
        }
    }
}
