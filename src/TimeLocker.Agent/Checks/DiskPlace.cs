using System.Text;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// What lies at a path of this machine, links not followed; also where the path is known only as restic prints it,
/// with U+FFFD for each byte that is no text.
/// </summary>
internal sealed class DiskPlace
{
    private const int Pipe = 0x1000, Link = 0xA000, File = 0x8000, Socket = 0xC000;

    private byte[] folder = [];
    private IReadOnlyList<byte[]> names = [];

    /// <returns>Null: nothing is there.</returns>
    public PlaceKind? Look(string path) => Bytes(path) is { } bytes && Native.Look(bytes) is var (_, mode) ? KindOf(mode) : null;

    public static bool IsEmpty(string folder)
    {
        try
        {
            return !Directory.EnumerateFileSystemEntries(folder).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // what cannot be seen may hold something
        }
    }

    private static PlaceKind KindOf(int mode) => (mode & Native.TypeMask) switch
    {
        Native.FolderType => PlaceKind.Folder,
        File => PlaceKind.File,
        Link => PlaceKind.Link,
        Pipe => PlaceKind.Pipe,
        Socket => PlaceKind.Socket,
        _ => PlaceKind.Device,
    };

    private byte[]? Bytes(string path)
    {
        if (!path.Contains(Rune.ReplacementChar.ToString(), StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(path);
        }

        byte[] at = [];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if ((part.Contains(Rune.ReplacementChar.ToString(), StringComparison.Ordinal)
                ? Names(at).FirstOrDefault(name => StoredName.Text(name) == part)
                : Encoding.UTF8.GetBytes(part)) is not { } name)
            {
                return null;
            }

            at = [.. at, (byte)'/', .. name];
        }

        return at;
    }

    // Its neighbours are asked for next.
    private IReadOnlyList<byte[]> Names(byte[] of)
    {
        if (!folder.AsSpan().SequenceEqual(of))
        {
            (folder, names) = (of, Native.NamesIn(of));
        }

        return names;
    }
}
