using System.Globalization;
using System.Runtime.InteropServices;

namespace TimeLocker.Core;

/// <summary>Whose a file or folder is; links are followed.</summary>
public static partial class FileOwner
{
    private const int Here = -100, NoFollow = 0x100, TypeModeAndOwner = 0x1 | 0x2 | 0x8, Owner = 0x8;

    /// <returns>Null: it belongs to the user that runs TimeLocker, or is not there; else the name of whose it is.</returns>
    public static string? Stranger(string path)
    {
        Span<byte> statx = stackalloc byte[256];
        return Statx(Here, path, 0, Owner, statx) == 0 && MemoryMarshal.Read<uint>(statx[20..]) is var owner
            && owner != Me() ? NameOf(owner) : null;
    }

    /// <summary>Owner and mode (type bits included) of the path itself, links not followed; null when it is not there.</summary>
    internal static (uint Owner, int Mode)? Look(string path)
    {
        Span<byte> statx = stackalloc byte[256];
        return Statx(Here, path, NoFollow, TypeModeAndOwner, statx) == 0
            ? (MemoryMarshal.Read<uint>(statx[20..]), MemoryMarshal.Read<ushort>(statx[28..]))
            : null;
    }

    /// <summary>For people: the name, or the number where it has none.</summary>
    private static string NameOf(uint id)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        try
        {
            return File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
                .FirstOrDefault(user => user.Length > 2 && user[2] == number)?[0] ?? number;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return number;
        }
    }

    /// <summary>The user that runs TimeLocker.</summary>
    public static string MyName => NameOf(Me());

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint Me();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> found);
}
