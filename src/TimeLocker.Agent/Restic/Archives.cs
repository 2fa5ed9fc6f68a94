using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>One chosen path: a folder opens as the tar that restic makes of it, a file as its bytes.</summary>
/// <param name="Name">With a leading slash, below the common parent.</param>
internal sealed record DownloadPart(string Name, TreeEntry Entry, Func<Task<Stream>> OpenAsync)
{
    public string Short => Name[1..];
}

/// <summary>Several parts as one archive.</summary>
internal interface IDownload
{
    Task WriteAsync(Stream output, CancellationToken ct);
}

internal sealed class TarDownload(IReadOnlyList<DownloadPart> parts) : IDownload
{
    private const int End = 1024;

    public async Task WriteAsync(Stream output, CancellationToken ct)
    {
        var own = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        var wrote = false;
        foreach (var part in parts)
        {
            // restic's tar of a folder does not have that folder itself.
            if (part.Short.Length > 0)
            {
                await WriteEntryAsync(own, part, ct);
                wrote = true;
            }

            if (part.Entry.Kind == EntryKind.Folder)
            {
                await CopyWithoutEndAsync(part, output, ct);
            }
        }

        // The writer ends the archive, but only one of which it wrote a part.
        await own.DisposeAsync();
        if (!wrote)
        {
            await output.WriteAsync(new byte[End], ct);
        }
    }

    // A tar ends with two empty blocks; without them, tars in a row are one.
    private static async Task CopyWithoutEndAsync(DownloadPart part, Stream output, CancellationToken ct)
    {
        await using var tar = await part.OpenAsync();
        var buffer = new byte[64 * 1024];
        var kept = 0;
        for (int read; (read = await tar.ReadAsync(buffer.AsMemory(kept), ct)) > 0;)
        {
            var ready = Math.Max(0, kept + read - End);
            await output.WriteAsync(buffer.AsMemory(0, ready), ct);
            kept = kept + read - ready;
            buffer.AsSpan(ready, kept).CopyTo(buffer);
        }
    }

    /// <summary>Of what has no content of its own.</summary>
    public static PaxTarEntry EntryOf(TreeEntry from, string name, TarEntryType type)
    {
        var entry = new PaxTarEntry(type, type == TarEntryType.Directory ? name + "/" : name)
        {
            Mode = (UnixFileMode)from.Mode,
            ModificationTime = from.Modified > DateTimeOffset.UnixEpoch ? from.Modified : DateTimeOffset.UnixEpoch,
        };
        if (type == TarEntryType.SymbolicLink)
        {
            entry.LinkName = from.LinkTarget ?? "";
        }
        else if (type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice)
        {
            (entry.DeviceMajor, entry.DeviceMinor) = SpecialFiles.NumberOf(from);
        }

        return entry;
    }

    private static TarEntryType TypeOf(TreeEntry entry) => entry.Kind switch
    {
        EntryKind.Folder => TarEntryType.Directory,
        EntryKind.File => TarEntryType.RegularFile,
        EntryKind.Link => TarEntryType.SymbolicLink,
        _ => SpecialFiles.TypeOf(entry),
    };

    private static async Task WriteEntryAsync(TarWriter tar, DownloadPart part, CancellationToken ct)
    {
        var type = TypeOf(part.Entry);
        var entry = EntryOf(part.Entry, part.Short, type);
        if (type != TarEntryType.RegularFile)
        {
            await tar.WriteEntryAsync(entry, ct);
            return;
        }

        await using var content = new SizedStream(await part.OpenAsync(), part.Entry.Size);
        entry.DataStream = content;
        await tar.WriteEntryAsync(entry, ct);
        await content.CopyToAsync(Stream.Null, ct);
    }
}

internal sealed class ZipDownload(IReadOnlyList<DownloadPart> parts) : IDownload
{
    private const int FileType = 0x8000, FolderType = 0x4000, LinkType = 0xA000, Readable = 0x1A4;

    // What a zip can say: whole two seconds between these years.
    private static readonly DateTimeOffset First = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Last = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    private readonly List<string> leftOut = [];

    public async Task WriteAsync(Stream output, CancellationToken ct)
    {
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true,
            entryNameEncoding: null, ct);
        foreach (var part in parts)
        {
            switch (part.Entry.Kind)
            {
                case EntryKind.Folder:
                    if (part.Short.Length > 0)
                    {
                        await AddAsync(zip, part.Short + "/", part.Entry.Mode | FolderType, part.Entry.Modified, Stream.Null, ct);
                    }

                    await AddFolderAsync(zip, part, ct);
                    break;
                case EntryKind.Other:
                    leftOut.Add(part.Short);
                    break;
                case EntryKind.File:
                    await using (var content = await part.OpenAsync())
                    {
                        await AddAsync(zip, part.Short, part.Entry.Mode | FileType, part.Entry.Modified, content, ct);
                    }

                    break;
                case EntryKind.Link:
                    await AddAsync(zip, part.Short, part.Entry.Mode | LinkType, part.Entry.Modified,
                        new MemoryStream(Encoding.UTF8.GetBytes(part.Entry.LinkTarget ?? "")), ct);
                    break;
            }
        }

        if (leftOut.Count > 0)
        {
            var note = $"A ZIP cannot hold named pipes and devices. These are left out; a TAR has them:\n\n{string.Join('\n', leftOut)}\n";
            await AddAsync(zip, "LEFT OUT.txt", Readable | FileType, First, new MemoryStream(Encoding.UTF8.GetBytes(note)), ct);
        }
    }

    private async Task AddFolderAsync(ZipArchive zip, DownloadPart part, CancellationToken ct)
    {
        await using var stream = await part.OpenAsync();
        await using var tar = new TarReader(stream, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, ct) is { } from)
        {
            var (type, content) = from.EntryType switch
            {
                TarEntryType.Directory => (FolderType, Stream.Null),
                TarEntryType.SymbolicLink => (LinkType, new MemoryStream(Encoding.UTF8.GetBytes(from.LinkName))),
                TarEntryType.RegularFile => (FileType, from.DataStream ?? Stream.Null),
                _ => (0, Stream.Null),
            };
            if (type == 0)
            {
                leftOut.Add(from.Name.TrimStart('/'));
            }
            else
            {
                await AddAsync(zip, from.Name.TrimStart('/'), (int)from.Mode | type, from.ModificationTime, content, ct);
            }
        }

        // The reader stops where the tar ends; restic's exit code comes after it.
        await stream.CopyToAsync(Stream.Null, ct);
    }

    private static async Task AddAsync(ZipArchive zip, string name, int mode, DateTimeOffset modified, Stream content,
        CancellationToken ct)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.ExternalAttributes = mode << 16;
        entry.LastWriteTime = modified < First ? First : modified > Last ? Last : modified.ToUniversalTime();
        await using var to = await entry.OpenAsync(ct);
        await content.CopyToAsync(to, ct);
    }
}

/// <summary>A stream whose length is known beforehand, which the tar writer asks for before it reads.</summary>
internal sealed class SizedStream(Stream inner, long length) : ReadOnlyStream
{
    private long position;

    public override bool CanSeek => true;
    public override long Length => length;
    public override long Position { get => position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        position += read;
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
