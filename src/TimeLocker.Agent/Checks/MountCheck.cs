using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether the share that a repository is on is mounted. Without it restic would write to the machine's own disk and call it a success.</summary>
internal sealed partial class MountCheck : ICheck
{
    public string Name => "mount";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        Require(run.Target);
        return run.Target.MountSource is { } source ? new Finding($"{source} is mounted where the repository is.") : Finding.Nothing;
    }

    /// <summary>Null where the expected share is mounted, or none is expected.</summary>
    public static Problem? Missing(ResticTarget target)
    {
        if (target is not { MountSource: { } expected, Folder: { } folder })
        {
            return null;
        }

        return At(folder) is { } mount && Same(mount.Source, expected)
            ? null
            : new Problem("The share is not mounted.", $"{folder} belongs to {At(folder)?.Source ?? "no file system that can be seen"}, not to {expected}.", "Mount the share, then try again. Nothing was written.");
    }

    /// <exception cref="ProblemException">The share is not mounted.</exception>
    public static void Require(ResticTarget target)
    {
        if (Missing(target) is { } problem)
        {
            throw new ProblemException(ProblemKind.Unavailable, problem);
        }
    }

    /// <summary>What is mounted where a path lies, or where it would lie when it were made.</summary>
    public static (string Point, string Source)? At(string path)
    {
        try
        {
            for (var at = path; at is not null; at = Path.GetDirectoryName(at))
            {
                if (Native.MountOf(at) is { } id)
                {
                    return File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')).Where(fields => fields[0] == id).Select(Read).FirstOrDefault();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It cannot be seen: that is as good as missing.
        }

        return null;
    }

    internal static (string Point, string Source)? Read(string[] fields) => Array.IndexOf(fields, "-") is > 0 and var dash && dash + 2 < fields.Length ? (Plain(fields[4]), Plain(fields[dash + 2])) : null;

    private static bool Same(string mounted, string expected) => mounted.TrimEnd('/') == expected.TrimEnd('/');

    // Blanks and backslashes are written as octal numbers there.
    private static string Plain(string field) => Octal().Replace(field, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
