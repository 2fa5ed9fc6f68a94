using System.Runtime.InteropServices;

namespace TimeLocker.Core;

/// <summary>
/// Files that only their owner may read (0600, in folders 0700), written whole or not at all, also in a power cut.
/// </summary>
public static partial class PrivateFile
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    public static void CreateFolder(string folder) => Directory.CreateDirectory(folder, FolderMode);

    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            await using (var file = new FileStream(draft,
                new FileStreamOptions
                {
                    Mode = System.IO.FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = FileMode,
                }))
            {
                await file.WriteAsync(content, ct);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
            SyncFolder(folder);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>
    /// Removes what <see cref="WriteAsync"/> left in a folder when it was killed in the middle. Only where nobody is
    /// writing.
    /// </summary>
    public static void DeleteDrafts(string folder)
    {
        foreach (var draft in Directory.Exists(folder) ? Directory.GetFiles(folder, ".*") : [])
        {
            if (Guid.TryParseExact(Path.GetExtension(draft).TrimStart('.'), "N", out _))
            {
                File.Delete(draft);
            }
        }
    }

    /// <summary>Removes a folder and all in it; nothing happens when it is not there.</summary>
    public static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Also what other programs make for us (restic's cache …) is for its owner only. For the whole process.</summary>
    public static void KeepAllToOwner() => _ = Umask(0x3F);

    /// <summary>Null when only the owner has rights to this file or folder, else the mode that it has, in octal.</summary>
    public static string? TooOpen(string path)
    {
        var mode = File.GetUnixFileMode(path);
        return (mode & ~FolderMode) == 0 ? null : Convert.ToString((int)mode, 8).PadLeft(4, '0');
    }

    // The new name is safe only when its folder is on the disk, too; .NET cannot open a folder.
    private static void SyncFolder(string folder)
    {
        var handle = Open(folder, 0);
        if (handle >= 0)
        {
            _ = Sync(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial int Umask(int mask);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
