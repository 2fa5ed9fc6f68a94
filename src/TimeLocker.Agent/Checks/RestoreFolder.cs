using TimeLocker.Agent.Platform;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// The new folder of a restore. It is ours alone (0700): in a folder of somebody else a link planted at the right
/// moment leads restic outside.
/// </summary>
internal static class RestoreFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int MostShown = 1000, MostLooked = 200_000;
    private const int SetUid = 0x800, SetGid = 0x400, BlockDevice = 0x6000, CharacterDevice = 0x2000;

    /// <exception cref="ProblemException">It is there already with something in it, or is not ours.</exception>
    public static void Make(string folder, bool dryRun)
    {
        if (!folder.StartsWith('/') || Path.GetFullPath(folder) != folder.TrimEnd('/') || folder.TrimEnd('/').Length == 0)
        {
            throw ProblemException.Invalid(Problems.NewFolderCannotUsed(folder.AsName()));
        }

        var there = Native.Look(folder.TrimEnd('/'));
        if (there is { } found && (!Native.IsFolder(found.Mode) || found.Owner != Native.Me()))
        {
            throw ProblemException.Invalid(Problems.NewFolderCannotUsedEnter(folder.AsName()));
        }

        if (there is not null && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw ProblemException.Invalid(Problems.NewFolderNotEmpty(folder.AsName()));
        }

        if (TrustedPath.OfParent(folder).Why is { } untrusted)
        {
            throw new ProblemException(ProblemKind.Invalid, Texts.NewFolderWouldNot,
                Texts.AnyoneWhoCanChange(untrusted),
                Texts.LeaveFolderEmptyTimelocker);
        }

        if (dryRun)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(folder, Private);
            File.SetUnixFileMode(folder, Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ProblemKind.Upstream,
                new Problem(Texts.NewFolderCouldNot, Text.Verbatim(e.Message.AsForeign()),
                    Texts.ChoosePlaceWhereUser),
                e);
        }

        if (Native.Look(folder.TrimEnd('/')) is not { } made || !Native.IsFolder(made.Mode) || made.Owner != Native.Me())
        {
            throw new ProblemException(ProblemKind.Upstream, Problems.NewFolderNotOurs(folder.AsName()));
        }
    }

    /// <summary>It was another folder before restic began.</summary>
    public static Problem Exchanged(string folder) => Problems.RestoreLedElsewhereOr(folder.AsName());

    /// <summary>What deserves a look below a restored folder: setuid, setgid and device files.</summary>
    public static IReadOnlyList<Text> Notable(string folder, CancellationToken ct)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.None,
            ReturnSpecialDirectories = false,
        };
        List<Text> notable = [];
        try
        {
            foreach (var path in Entries(folder, options).Take(MostLooked))
            {
                ct.ThrowIfCancellationRequested();
                if (Native.Look(path) is { } entry && Describe(entry.Mode) is { } what && notable.Count < MostShown)
                {
                    notable.Add(Texts.NotableFile(path.AsName(), what));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was seen so far is better than nothing.
        }

        return notable;
    }

    private static System.IO.Enumeration.FileSystemEnumerable<string> Entries(string folder, EnumerationOptions options) =>
        new(folder, (ref System.IO.Enumeration.FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldRecursePredicate =
                (ref System.IO.Enumeration.FileSystemEntry entry) =>
                    (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };

    private static string? Describe(int mode) => (mode & Native.TypeMask) switch
    {
        BlockDevice or CharacterDevice => "device",
        Native.FolderType => null,
        _ when (mode & SetUid) != 0 => "setuid",
        _ when (mode & SetGid) != 0 && (mode & 0x8) != 0 => "setgid",
        _ => null,
    };
}
