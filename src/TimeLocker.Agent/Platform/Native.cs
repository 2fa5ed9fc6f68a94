using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Platform;

/// <summary>What Linux can say and .NET does not ask.</summary>
internal static partial class Native
{
    public const int MayRead = 4, MayWrite = 2, MayEnter = 1;

    private const int PathOnly = 0x200000, CloseOnExec = 0x80000;
    private const int Here = -100, NoFollow = 0x100, TypeModeAndOwner = 0x1 | 0x2 | 0x8, Number = 0x100, NameInEntry = 19;

    /// <summary>Owner and mode (type bits included) of the path itself, links not followed; null when it is not there.</summary>
    public static (uint Owner, int Mode)? Look(string path) => Look(Encoding.UTF8.GetBytes(path));

    /// <summary>The same, for a path of which not every name is text.</summary>
    public static (uint Owner, int Mode)? Look(byte[] path)
    {
        Span<byte> statx = stackalloc byte[256];
        return Statx(Here, [.. path, 0], NoFollow, TypeModeAndOwner, statx) == 0
            ? (MemoryMarshal.Read<uint>(statx[20..]), MemoryMarshal.Read<ushort>(statx[28..]))
            : null;
    }

    /// <summary>
    /// Which file or folder a path leads to, links followed: its file system and its number there; null when it is not
    /// there.
    /// </summary>
    public static string? IdentityOf(string path)
    {
        Span<byte> statx = stackalloc byte[256];
        return Statx(Here, [.. Encoding.UTF8.GetBytes(path), 0], 0, Number, statx) == 0
            ? string.Create(CultureInfo.InvariantCulture,
                $"{MemoryMarshal.Read<uint>(statx[136..])}:{MemoryMarshal.Read<uint>(statx[140..])}:{MemoryMarshal.Read<ulong>(statx[32..])}")
            : null;
    }

    /// <summary>The names in a folder, byte by byte; empty when it cannot be read.</summary>
    public static IReadOnlyList<byte[]> NamesIn(byte[] folder)
    {
        List<byte[]> names = [];
        var open = OpenFolder([.. folder, 0]);
        while (open != IntPtr.Zero && ReadFolder(open) is var entry && entry != IntPtr.Zero)
        {
            var length = 0;
            while (Marshal.ReadByte(entry, NameInEntry + length) != 0)
            {
                length++;
            }

            var name = new byte[length];
            Marshal.Copy(entry + NameInEntry, name, 0, length);
            names.Add(name);
        }

        if (open != IntPtr.Zero)
        {
            _ = CloseFolder(open);
        }

        return names;
    }

    /// <summary>Major and minor number of a device file ("8:1"), links followed; null when it is not there.</summary>
    public static string? DeviceOf(string path)
    {
        Span<byte> statx = stackalloc byte[256];
        return Statx(Here, [.. Encoding.UTF8.GetBytes(path), 0], 0, TypeModeAndOwner, statx) == 0
            ? string.Create(CultureInfo.InvariantCulture,
                $"{MemoryMarshal.Read<uint>(statx[128..])}:{MemoryMarshal.Read<uint>(statx[132..])}")
            : null;
    }

    /// <summary>Where a path leads when all links are followed; null when it is not there.</summary>
    public static string? RealPath(string path) => Follow(path).Real;

    /// <summary>The same; and where it leads nowhere, the system's number for the reason.</summary>
    public static (string? Real, int Why) Follow(string path)
    {
        var found = Resolve(path, IntPtr.Zero);
        var why = Marshal.GetLastPInvokeError();
        var real = Marshal.PtrToStringUTF8(found);
        Free(found);
        return (real, real is null ? why : 0);
    }

    public const int NotAllowed = 13, LinksInACircle = 40;

    /// <summary>The type bits of a mode.</summary>
    public const int TypeMask = 0xF000, FolderType = 0x4000, FileType = 0x8000, LinkType = 0xA000;

    public static bool IsFolder(int mode) => (mode & TypeMask) == FolderType;

    public static bool IsLink(int mode) => (mode & TypeMask) == LinkType;

    /// <summary>What it is, if it is neither file, folder nor link.</summary>
    public static PlaceKind? Special(int mode) => (mode & TypeMask) switch
    {
        FolderType or FileType or LinkType => null,
        0x1000 => PlaceKind.Pipe,
        0xC000 => PlaceKind.Socket,
        _ => PlaceKind.Device,
    };

    /// <summary>
    /// The number of the mount that a folder or file is on, links followed and an automount triggered, as
    /// <c>/proc/self/mountinfo</c> counts them; null when it is not there.
    /// </summary>
    public static string? MountOf(string path)
    {
        // Only what asks for something in a folder triggers an automount; a file, which can be mounted as well, is no folder.
        using var folder = new SafeFileHandle(Open(path.TrimEnd('/') + "/.", PathOnly | CloseOnExec), ownsHandle: true);
        using var file = new SafeFileHandle(folder.IsInvalid ? Open(path, PathOnly | CloseOnExec) : -1, ownsHandle: true);
        var handle = folder.IsInvalid ? file : folder;
        return handle.IsInvalid
            ? null
            : File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}")
                .FirstOrDefault(line => line.StartsWith("mnt_id:", StringComparison.Ordinal))?["mnt_id:".Length..].Trim();
    }

    public static bool May(string path, int what) => Access(path, what) == 0;

    public static bool MayReadFolder(string path) => May(path, MayRead | MayEnter);

    /// <summary>
    /// Gives the blocks of a part of a file back to the file system; its length stays. Not every file system can: then
    /// nothing happens.
    /// </summary>
    public static void PunchHole(SafeFileHandle file, long from, long length) => _ = Fallocate(file, 3, from, length);

    /// <summary>
    /// Takes blocks for what will be appended to an empty file; its length stays. Not every file system can: then
    /// nothing happens.
    /// </summary>
    public static void Reserve(SafeFileHandle file, long length) => _ = Fallocate(file, 1, 0, length);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static partial uint Me();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial IntPtr Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial IntPtr Resolve(string path, IntPtr room);

    [LibraryImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void Free(IntPtr memory);

    [LibraryImport("libc", EntryPoint = "fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "opendir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial IntPtr OpenFolder(ReadOnlySpan<byte> path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial IntPtr ReadFolder(IntPtr folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int CloseFolder(IntPtr folder);

    [LibraryImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Statx(int directory, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> result);
}
