using System.Text.RegularExpressions;

namespace TimeLocker.Agent.Checks;

/// <summary>A line of <c>/proc/self/mountinfo</c>.</summary>
/// <param name="Device">Major and minor number of its file system ("8:1").</param>
/// <param name="Options">Those of the file system ("rw,upperdir=…").</param>
internal sealed partial record Mount(string Id, string Device, string Point, string Type, string Source, string Options)
{
    public const string Table = "/proc/self/mountinfo";

    public static IEnumerable<Mount> All(string table = Table) => File.ReadLines(table).Select(line => Read(line.Split(' '))).OfType<Mount>();

    /// <summary>What is mounted where a path lies, links followed, or where it would lie when it were made.</summary>
    public static Mount? At(string path)
    {
        try
        {
            for (var at = path; at is not null; at = Path.GetDirectoryName(at))
            {
                if (Native.MountOf(at) is { } id)
                {
                    return All().FirstOrDefault(mount => mount.Id == id);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It cannot be seen: that is as good as missing.
        }

        return null;
    }

    private static Mount? Read(string[] fields) => Array.IndexOf(fields, "-") is > 0 and var dash && dash + 3 < fields.Length
        ? new(fields[0], fields[2], Plain(fields[4]), fields[dash + 1], Plain(fields[dash + 2]), Plain(fields[dash + 3]))
        : null;

    // Blanks and backslashes are written as octal numbers there.
    private static string Plain(string field) => Octal().Replace(field, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
