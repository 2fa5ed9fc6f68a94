using TimeLocker.Core.Extensions;
using TimeLocker.Server;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plugins;
using TimeLocker.Tests.Architecture;

namespace TimeLocker.Tests.Server.Plugins;

/// <summary>A folder of plugins, as an admin would fill it.</summary>
internal sealed class PluginRig(string folder)
{
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Folder => folder;

    /// <param name="name">How it is called, and how it goes wrong.</param>
    public PluginRig Misbehaving(string name, params string[] beside) =>
        Add(name, Built("tests/plugins"), "Misbehaving.dll", beside);

    public PluginRig Example() => Add("PluginExample", Built("deploy/plugin-example"), "PluginExample.dll");

    public string In(params string[] parts) => Path.Combine([folder, .. parts]);

    public PluginFacts Of(PluginList list, string name) => list.Items.Single(p => p.Name == name);

    private PluginRig Add(string name, string from, string main, params string[] beside)
    {
        Directory.CreateDirectory(In(name), OwnFolder);
        foreach (var (source, target) in beside.Select(file => (file, file)).Prepend((main, $"{name}.dll")))
        {
            File.Copy(Path.Combine(from, source), In(name, target), overwrite: true);
            File.SetUnixFileMode(In(name, target), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return this;
    }

    private static string Built(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory); // …/bin/CONFIGURATION/FRAMEWORK
        return Path.Combine(Sources.Root, project, "bin", output.Parent!.Name, output.Name);
    }
}
