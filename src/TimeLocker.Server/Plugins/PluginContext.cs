using System.Reflection;
using System.Runtime.Loader;

namespace TimeLocker.Server.Plugins;

/// <summary>
/// A plugin's own world of assemblies. It shares Core and the framework with TimeLocker; what lies beside it is its
/// own, whatever version others have. Loaded from what was read and hashed, never from the disk again.
/// </summary>
internal sealed class PluginContext(PluginFiles plugin) : AssemblyLoadContext($"plugin {plugin.Name}")
{
    private const string Ours = "TimeLocker.", Shared = "TimeLocker.Core";

    public Assembly LoadMain() => Take($"{plugin.Name}.dll") ?? throw new FileNotFoundException($"{plugin.Name}.dll");

    protected override Assembly? Load(AssemblyName wanted) =>
        wanted.Name == Shared ? null
        : Take($"{wanted.Name}.dll") is { } own ? own
        // “not found” would be looked for among TimeLocker's
        : IsTimeLockers(wanted.Name) ? throw new FileLoadException("It is not beside the plugin.", wanted.FullName)
        : null;

    // What TimeLocker happens to bring along is not promised: another version of it would take the plugin down.
    private static bool IsTimeLockers(string? name) => name?.StartsWith(Ours, StringComparison.Ordinal) == true
        || (Path.GetDirectoryName(typeof(object).Assembly.Location) != AppContext.BaseDirectory.TrimEnd('/')
            && File.Exists(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")));

    private Assembly? Take(string file) => plugin.Files.TryGetValue(file, out var bytes)
        ? LoadFromStream(new MemoryStream(bytes),
            plugin.Files.TryGetValue(System.IO.Path.ChangeExtension(file, ".pdb"), out var symbols)
                ? new MemoryStream(symbols) : null)
        : null;
}
