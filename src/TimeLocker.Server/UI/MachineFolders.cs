using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Server.Agents;

namespace TimeLocker.Server.UI;

/// <summary>What a folder picker may ask of one machine, on behalf of one person.</summary>
public sealed record MachineFolders(string Home, Func<string, Task<MachineFolder>> List, Func<string, Task<FolderSize>> Measure)
{
    /// <summary>The programs that may be called on this machine; null: not to be asked for.</summary>
    public Func<Task<HookFolder>>? Hooks { get; init; }

    public static MachineFolders Of(AgentRegistry agents, Machine machine, Actor who) => new(machine.Home is { Length: > 0 } home ? home : "/",
        path => agents.FolderAsync(machine.Id, path, who, CancellationToken.None),
        path => agents.MeasureAsync(machine.Id, path, who, CancellationToken.None))
    {
        Hooks = () => agents.HooksAsync(machine.Id, who, CancellationToken.None),
    };
}
