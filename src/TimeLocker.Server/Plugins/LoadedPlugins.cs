using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Plugins;

/// <summary>A plugin that was allowed when the server started, and what became of it.</summary>
/// <param name="Problem">Why it does not run; null: it does.</param>
internal sealed record LoadedPlugin(string Name, string Hash, IReadOnlyList<PluginPart> Adds, Problem? Problem)
{
    /// <summary>For the log.</summary>
    public Exception? Fault { get; init; }
}

/// <summary>What the server has found at its start: it stays so until the next one.</summary>
public sealed class LoadedPlugins
{
    private const string Setting = "plugin.";

    private LoadedPlugins(PluginFolder? folder) => Folder = folder;

    /// <summary>Null: this start leaves plugins out.</summary>
    internal PluginFolder? Folder { get; }
    internal IReadOnlyList<LoadedPlugin> All { get; private set; } = [];

    /// <summary>Adds to the list what the allowed plugins have. Without any, nothing is waited for.</summary>
    /// <param name="opening">The state, which says what is allowed.</param>
    public static async Task<LoadedPlugins> LoadAsync(ServerOptions options, ExtensionSet extensions, Task opening,
        CancellationToken ct)
    {
        var loaded = new LoadedPlugins(options.Plugins is { } path ? new PluginFolder(path) : null);
        if (loaded.Folder is not { IsEmpty: false } folder)
        {
            return loaded;
        }

        await opening;
        await using var db = await DataSetup.Factory(options.DatabaseFile).CreateDbContextAsync(ct);
        var (allowed, loader) = (await AllowedAsync(db, ct), new PluginLoader(extensions));
        List<LoadedPlugin> all = [];
        foreach (var plugin in folder.Read()
            .Where(plugin => plugin.Why is null && allowed.GetValueOrDefault(plugin.Name) == plugin.Hash))
        {
            all.Add(await loader.LoadAsync(plugin, ct));
        }

        loaded.All = all;
        return loaded;
    }

    /// <summary>The hash that an Admin has allowed, by plugin.</summary>
    internal static async Task<Dictionary<string, string>> AllowedAsync(TimeLockerDb db, CancellationToken ct) =>
        (await db.Settings.AsNoTracking().Where(s => s.Name.StartsWith(Setting))
            .ToListAsync(ct)).ToDictionary(s => s.Name[Setting.Length..], s => s.Value);

    internal static Task AllowAsync(TimeLockerDb db, string name, string? hash, CancellationToken ct) =>
        db.SetAsync(Setting + name, hash, ct);
}
