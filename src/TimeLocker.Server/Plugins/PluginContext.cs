using System.Reflection;
using System.Runtime.Loader;

namespace TimeLocker.Server.Plugins;

/// <summary>
/// A plugin's own world of assemblies. It shares Core and the framework with TimeLocker; what lies beside it is its own, whatever version
/// others have. Loaded from what was read and hashed, never from the disk again.
/// </summary>
internal sealed class PluginContext(PluginFiles plugin) : AssemblyLoadContext($"plugin {plugin.Name}")
{
    private const string Ours = "TimeLocker.", Shared = "TimeLocker.Core";

    public Assembly LoadMain() => Take($"{plugin.Name}.dll") ?? throw new FileNotFoundException($"{plugin.Name}.dll");

    protected override Assembly? Load(AssemblyName wanted) =>
        wanted.Name == Shared ? null
        : Take($"{wanted.Name}.dll") is { } own ? own
        : wanted.Name?.StartsWith(Ours, StringComparison.Ordinal) == true ? throw new FileNotFoundException($"A plugin has {Shared}, and no other part of TimeLocker: {wanted.Name}.")
        : null;

    private Assembly? Take(string file) => plugin.Files.TryGetValue(file, out var bytes)
        ? LoadFromStream(new MemoryStream(bytes), plugin.Files.TryGetValue(System.IO.Path.ChangeExtension(file, ".pdb"), out var symbols) ? new MemoryStream(symbols) : null)
        : null;
}
