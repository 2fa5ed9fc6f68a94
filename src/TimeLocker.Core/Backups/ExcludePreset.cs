using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Backups;

/// <summary>A set of patterns under a name that people understand.</summary>
public sealed record ExcludePreset(string Name, string Title, string Help, IReadOnlyList<string> Patterns)
{
    public static IReadOnlyList<ExcludePreset> All { get; } =
    [
        new("caches", "Caches", "What programs can fetch or compute again.", [".cache", "Cache", "Caches", "GPUCache", "Code Cache", "__pycache__", ".npm/_cacache", ".nuget/packages", ".gradle/caches", ".m2/repository", ".cargo/registry"]),
        new("build", "Build output", "What a compiler can produce again.", ["node_modules", "bin/Debug", "bin/Release", "obj/Debug", "obj/Release", "target/debug", "target/release", ".venv", "*.o", "*.pyc"]),
        new("trash", "Trash", "What you already threw away.", [".local/share/Trash", ".Trash", ".Trash-*", "$RECYCLE.BIN", "lost+found"]),
        new("temporary", "Temporary files", "Swap, lock and half-finished files.", ["*.tmp", "*.temp", "*~", ".~lock.*#", "*.swp", "*.part", "*.crdownload"]),
        new("machines", "Virtual machines and images", "Large disks and images that change as a whole.", ["*.vdi", "*.vmdk", "*.qcow2", "*.iso", ".vagrant.d/boxes"]),
    ];

    /// <summary>The patterns of these presets and these own patterns, in this order, each once.</summary>
    public static IReadOnlyList<string> Expand(IEnumerable<string> presets, IEnumerable<string> own) =>
        [.. presets.SelectMany(name => All.FirstOrDefault(p => p.Name == name)?.Patterns ?? []).Concat(own).Where(p => p.Length > 0).Distinct()];
}
