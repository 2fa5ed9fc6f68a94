using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Server.Kit;

namespace TimeLocker.Server.Agents;

public static class MachineFolderSource
{
    /// <summary>The folders of a machine for a picker, on behalf of one person.</summary>
    public static FolderSource FoldersOf(this AgentRegistry agents, Machine machine, Actor who) =>
        new(machine.Home is { Length: > 0 } home ? home : "/",
        path => agents.FolderAsync(machine.Id, path, who, CancellationToken.None),
        path => agents.MeasureAsync(machine.Id, path, who, CancellationToken.None))
        {
            Hooks = () => agents.HooksAsync(machine.Id, who, CancellationToken.None),
        };
}
