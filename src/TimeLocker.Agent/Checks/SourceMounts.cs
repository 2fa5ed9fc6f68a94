using System.IO.Enumeration;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;

namespace TimeLocker.Agent.Checks;

/// <summary>Disks and shares that are mounted below a source: where one is gone, its folder is there and empty.</summary>
internal static class SourceMounts
{
    private const int Most = 50;
    private const string Sticks = "/media";

    // Not a place for files, or made anew by the system as it likes.
    private static readonly string[] Passing =
        ["/proc", "/sys", "/dev", "/run", "/tmp", "/snap", "/var/snap", "/var/lib/docker", "/var/lib/containers", "/var/lib/snapd"];
    private static readonly HashSet<string> Strange =
    [
        "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "autofs", "overlay", "squashfs", "nsfs", "ramfs",
        "rpc_pipefs", "binfmt_misc", "hugetlbfs", "mqueue", "fusectl",
        "fuse.portal", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.snapfuse",
    ];

    /// <summary>Those that hold something now.</summary>
    /// <param name="leftOut">Patterns of the plan: what is named there is not saved anyway.</param>
    public static IReadOnlyList<string> Below(string folder, IReadOnlyList<string> leftOut)
    {
        try
        {
            return [.. Mount.All().Where(mount => !Strange.Contains(mount.Type)).Select(mount => mount.Point).Distinct()
                .Where(point => point != folder && Inspection.IsBelow(point, folder)
                    && !leftOut.Any(pattern => Names(pattern, point)))
                .Where(point => !Passing.Any(place => Inspection.IsBelow(point, place) && !Inspection.IsBelow(folder, place)))
                .Where(FolderRepository.HasEntries).Take(Most)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// Of one that held something at an earlier backup. A stick's folder goes with the stick, whatever of the whole
    /// machine is saved; that of a disk which belongs there stays, empty.
    /// </summary>
    public static bool IsMissed(string point, string folder, IReadOnlyList<string> leftOut) =>
        !FolderRepository.HasEntries(point)
            && !leftOut.Any(pattern => Names(pattern, point))
            && (Inspection.IsBelow(folder, Sticks) || !Inspection.IsBelow(point, Sticks) || Directory.Exists(point));

    // A whole path, or the name of a folder on the way.
    private static bool Names(string pattern, string point) => pattern.StartsWith('/') ? Inspection.IsBelow(point, pattern)
        : (pattern.StartsWith("**/", StringComparison.Ordinal) ? pattern[3..] : pattern).TrimEnd('/') is var name
            && !name.Contains('/')
            && point.Split('/')
                .Any(step => step.Length > 0 && FileSystemName.MatchesSimpleExpression(name, step, ignoreCase: false));
}
