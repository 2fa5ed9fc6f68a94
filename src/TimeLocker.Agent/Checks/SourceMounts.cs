namespace TimeLocker.Agent.Checks;

/// <summary>Disks and shares that are mounted below a source: where one is gone, its folder is there and empty.</summary>
internal static class SourceMounts
{
    private const int Most = 50;

    // Not a place for files, or made anew by the system as it likes.
    private static readonly string[] Passing = ["/proc", "/sys", "/dev", "/run", "/tmp", "/snap", "/var/snap", "/var/lib/docker", "/var/lib/containers", "/var/lib/snapd"];
    private static readonly HashSet<string> Strange = ["proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "autofs", "overlay", "squashfs", "nsfs", "ramfs", "rpc_pipefs", "binfmt_misc", "hugetlbfs", "mqueue", "fusectl", "fuse.portal", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.snapfuse"];

    /// <summary>Those that hold something now.</summary>
    /// <param name="leftOut">Patterns of the plan: what is named there is not saved anyway.</param>
    public static IReadOnlyList<string> Below(string folder, IReadOnlyList<string> leftOut)
    {
        try
        {
            return [.. Mount.All().Where(mount => !Strange.Contains(mount.Type)).Select(mount => mount.Point).Distinct()
                .Where(point => point != folder && Inspection.IsBelow(point, folder) && !leftOut.Any(pattern => pattern.StartsWith('/') && Inspection.IsBelow(point, pattern)))
                .Where(point => !Passing.Any(place => Inspection.IsBelow(point, place) && !Inspection.IsBelow(folder, place)))
                .Where(FolderRepository.HasEntries).Take(Most)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
