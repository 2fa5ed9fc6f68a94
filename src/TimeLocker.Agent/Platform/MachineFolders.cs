using System.Diagnostics;
using System.IO.Enumeration;
using TimeLocker.Agent.Checks;
using TimeLocker.Core;
using TimeLocker.Core.Agents;

namespace TimeLocker.Agent.Platform;

/// <summary>The machine's own folders, for the folder picker.</summary>
internal static class MachineFolders
{
    public const int MostEntries = 2000;

    public static MachineFolder List(ListFolder question)
    {
        if (!question.Path.StartsWith('/') || question.Path.Contains('\0', StringComparison.Ordinal))
        {
            throw ProblemException.Invalid(Problems.FolderCannotShownPath);
        }

        var path = Path.GetFullPath(question.Path);
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        var parent = path == "/" ? null : Path.GetDirectoryName(path);
        try
        {
            var entries = new FileSystemEnumerable<MachineEntry>(path, Describe,
                new EnumerationOptions { AttributesToSkip = FileAttributes.None }).Take(MostEntries + 1).ToList();
            var problem = entries.Count > MostEntries
                ? Problems.NotEverythingShownFolder(MostEntries)
                : null;
            return new MachineFolder(path, parent,
                [.. entries.Take(MostEntries).OrderByDescending(e => e.IsFolder).ThenBy(e => e.Name,
                    StringComparer.OrdinalIgnoreCase).ThenBy(e => e.Name, StringComparer.Ordinal)], problem);
        }
        catch (UnauthorizedAccessException)
        {
            return new MachineFolder(path, parent, [], Problems.FolderCannotReadUser);
        }
        catch (IOException e)
        {
            var why = e is DirectoryNotFoundException or FileNotFoundException ? Texts.NoSuchFolder
                : Text.Verbatim(e.Message.AsForeign());
            return new MachineFolder(path, parent, [], new Problem(Texts.FolderCannotShownPath, why, Texts.GoOneFolderUp));
        }
    }

    public static FolderSize Measure(MeasureFolder question, TimeSpan limit, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.None,
        };
        var (files, bytes, looked) = (0L, 0L, 0);
        try
        {
            if (File.Exists(question.Path))
            {
                return new FolderSize(1, new FileInfo(question.Path).Length, Complete: true);
            }

            foreach (var (isFile, size) in new FileSystemEnumerable<(bool, long)>(question.Path, Weigh,
                options)
            { ShouldRecursePredicate = NoLink })
            {
                if (++looked % 256 == 0)
                {
                    ct.ThrowIfCancellationRequested();
                    if (Stopwatch.GetElapsedTime(since) > limit)
                    {
                        return new FolderSize(files, bytes, Complete: false);
                    }
                }

                files += isFile ? 1 : 0;
                bytes += size;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FolderSize(files, bytes, Complete: false);
        }

        return new FolderSize(files, bytes, Complete: true);
    }

    private static MachineEntry Describe(ref FileSystemEntry entry)
    {
        var (name, path) = (entry.FileName.ToString(), entry.ToFullPath());
        var place = SourcePlace.Of(path);
        var readable = !name.Contains('\uFFFD', StringComparison.Ordinal)
            && place.WhyNot is null
            && (place.IsFolder ? Native.MayReadFolder(path) : Native.May(path, Native.MayRead));
        var size = place.IsFolder || place.WhyNot is not null ? 0 : place.Real is { } real ? new FileInfo(real).Length
            : entry.Length;
        return new MachineEntry(name, path, place.IsFolder, size, readable)
        {
            Link = place.Real,
            WhyNot = place.WhyNot?.Is(SourcePlace.NotThere) == true ? null : place.WhyNot,
        };
    }

    private static (bool IsFile, long Size) Weigh(ref FileSystemEntry entry) =>
        entry.IsDirectory ? (false, 0) : (true, entry.Length);

    private static bool NoLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0;
}
