using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Backups;

/// <summary>A set of patterns under a name that people understand.</summary>
public sealed record ExcludePreset(string Name, Text Title, Text Help, IReadOnlyList<string> Patterns)
{
    public static IReadOnlyList<ExcludePreset> All { get; } =
    [
        new("caches", Texts.Caches, Texts.CachesHelp,
            [".cache", "Cache", "Caches", "GPUCache", "Code Cache", "__pycache__", ".npm/_cacache", ".nuget/packages",
                ".gradle/caches", ".m2/repository", ".cargo/registry"]),
        new("build", Texts.BuildOutput, Texts.BuildOutputHelp,
            ["node_modules", "bin/Debug", "bin/Release", "obj/Debug", "obj/Release", "target/debug", "target/release",
                ".venv", "*.o", "*.pyc"]),
        new("trash", Texts.Trash, Texts.TrashHelp, [".local/share/Trash", ".Trash", ".Trash-*", "$RECYCLE.BIN", "lost+found"]),
        new("temporary", Texts.TemporaryFiles, Texts.TemporaryFilesHelp,
            ["*.tmp", "*.temp", "*~", ".~lock.*#", "*.swp", "*.part", "*.crdownload"]),
        new("machines", Texts.VirtualMachines, Texts.VirtualMachinesHelp,
            ["*.vdi", "*.vmdk", "*.qcow2", "*.iso", ".vagrant.d/boxes"]),
    ];

    /// <summary>The patterns of these presets and these own patterns, in this order, each once.</summary>
    public static IReadOnlyList<string> Expand(IEnumerable<string> presets, IEnumerable<string> own) =>
        [.. presets.SelectMany(name => All.FirstOrDefault(p => p.Name == name)?.Patterns ?? []).Concat(own)
            .Where(p => p.Length > 0).Distinct()];
}
