using TimeLocker.Agent.Checks;

namespace TimeLocker.Agent.Platform;

/// <summary>
/// On which whole disks a path lies, as far as Linux tells: through partitions, LVM, RAID and encryption (dm, md), loop
/// devices, bind mounts, subvolumes and file systems over several disks. What a virtual machine or a share lies on
/// cannot be seen from here.
/// </summary>
internal sealed class Disks(string sys = "/sys")
{
    private const int Deepest = 10;

    /// <summary>
    /// Names of what a path lies on: disks, shares, pools, and the file system itself. Two paths that have one in
    /// common are lost together.
    /// </summary>
    public IReadOnlySet<string> Under(string path, int deep = 0)
    {
        HashSet<string> under = [];
        if (deep < Deepest && Mount.At(path) is { } mount)
        {
            under.Add($"file system {mount.Device}");
            under.UnionWith(Of(mount, deep));
        }

        return under;
    }

    /// <summary>The whole disks that a block device ("8:1") is made of.</summary>
    internal IEnumerable<string> Whole(string device, int deep = 0) =>
        Native.RealPath(Path.Combine(sys, "dev/block", device)) is { } found ? WholeOf(found, deep) : [];

    private IEnumerable<string> Of(Mount mount, int deep)
    {
        var device = Directory.Exists(Path.Combine(sys, "dev/block", mount.Device))
            ? mount.Device
            : mount.Source.StartsWith("/dev/", StringComparison.Ordinal) ? Native.DeviceOf(mount.Source)
            : null;
        return mount.Type switch
        {
            "btrfs" when device is not null => Together(device).SelectMany(one => Whole(one, deep)),
            _ when device is not null => Whole(device, deep),
            "zfs" => [$"pool {mount.Source.Split('/')[0]}"],
            "overlay" => mount.Upper is { } upper ? Under(upper, deep + 1) : [],
            _ when mount.Source.Contains(':', StringComparison.Ordinal)
                || mount.Source.StartsWith("//", StringComparison.Ordinal) => [$"share {mount.Source}"],
            _ => [],
        };
    }

    private IEnumerable<string> WholeOf(string device, int deep)
    {
        if (deep > Deepest)
        {
            return [];
        }

        if (File.Exists(Path.Combine(device, "partition")))
        {
            return WholeOf(Path.GetDirectoryName(device)!, deep + 1);
        }

        var below = Below(Path.Combine(device, "slaves"));
        return below.Count > 0 ? below.SelectMany(part => WholeOf(part, deep + 1))
            : Read(Path.Combine(device, "loop/backing_file")) is { } file ? Under(file, deep + 1)
            : [$"disk {Path.GetFileName(device)}"];
    }

    // A file system over several disks shows one of them.
    private IEnumerable<string> Together(string device)
    {
        var self = Native.RealPath(Path.Combine(sys, "dev/block", device));
        var all = Folders(Path.Combine(sys, "fs/btrfs"))
            .Select(system => Below(Path.Combine(system, "devices")))
            .FirstOrDefault(devices => devices.Contains(self!))
            ?? [];
        return [device, .. all.Select(one => Read(Path.Combine(one, "dev"))).OfType<string>()];
    }

    private static List<string> Below(string folder) => [.. Folders(folder).Select(Native.RealPath).OfType<string>()];

    private static string[] Folders(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    private static string? Read(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : null;
}
