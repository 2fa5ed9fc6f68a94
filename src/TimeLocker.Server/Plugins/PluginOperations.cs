using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Plugins;

public static class PluginOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("plugins.list", "/plugins", Role.Auditor,
            "The plugins in the folder and those that were allowed, how they stand and what they add.",
            (PluginDesk plugins, Actor who, CancellationToken ct) => plugins.ListAsync(who, ct));
        map.Post("plugins.allow", "/plugins", Role.Admin,
            "Allows the files of a plugin by their hash; it begins with the next start of the server.",
            (PluginDesk plugins, PluginAllowance wanted, Actor who, CancellationToken ct) => plugins.AllowAsync(wanted, who, ct));
        map.Delete("plugins.forbid", "/plugins/{name}", Role.Admin, "Forbids a plugin from the next start of the server on.",
            (PluginDesk plugins, string name, Actor who, CancellationToken ct) => plugins.ForbidAsync(name, who, ct));
    }
}
