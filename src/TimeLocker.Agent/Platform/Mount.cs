using System.Text.RegularExpressions;
using TimeLocker.Agent.Checks;

namespace TimeLocker.Agent.Platform;

/// <summary>A line of <c>/proc/self/mountinfo</c>.</summary>
/// <param name="Device">Major and minor number of its file system ("8:1").</param>
/// <param name="Root">The folder (or file) of that file system which is seen at the point: "/" but for bind mounts and
/// subvolumes.</param>
/// <param name="Options">Those of the file system ("rw,upperdir=…").</param>
internal sealed partial record Mount(string Id, string Device, string Root, string Point, string Type, string Source,
    string Options)
{
    public const string Table = "/proc/self/mountinfo";
    private const string UpperFolder = "upperdir=";

    /// <summary>What an overlay writes to, where that can be seen from here.</summary>
    public string? Upper => Type == "overlay"
        && Options.Split(',')
            .FirstOrDefault(option => option.StartsWith(UpperFolder,
                StringComparison.Ordinal))?[UpperFolder.Length..] is { } upper
        && Directory.Exists(upper) ? upper : null;

    public static IEnumerable<Mount> All(string table = Table) =>
        File.ReadLines(table).Select(line => Read(line.Split(' '))).OfType<Mount>();

    /// <summary>What is mounted where a path lies, links followed, or where it would lie when it were made.</summary>
    public static Mount? At(string path)
    {
        try
        {
            return Number(path) is { } id ? All().FirstOrDefault(mount => mount.Id == id) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It cannot be seen: that is as good as missing.
            return null;
        }
    }

    /// <summary>The <see cref="Id"/> of what is mounted there.</summary>
    public static string? Number(string path)
    {
        for (var at = path; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Native.MountOf(at) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private static Mount? Read(string[] fields) => Array.IndexOf(fields, "-") is > 0 and var dash && dash + 3 < fields.Length
        ? new(fields[0], fields[2], Plain(fields[3]), Plain(fields[4]), fields[dash + 1], Plain(fields[dash + 2]),
            Plain(fields[dash + 3]))
        : null;

    // Blanks and backslashes are written as octal numbers there.
    private static string Plain(string field) =>
        Octal().Replace(field, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
