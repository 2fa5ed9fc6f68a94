using TimeLocker.Core.Agents;

namespace TimeLocker.Server.Kit;

/// <summary>What a folder picker may ask of one machine, on behalf of one person.</summary>
public sealed record FolderSource(string Home, Func<string, Task<MachineFolder>> List, Func<string, Task<FolderSize>> Measure)
{
    /// <summary>The programs that may be called on this machine; null: not to be asked for.</summary>
    public Func<Task<HookFolder>>? Hooks { get; init; }
}
