using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Agents;

public static class MachineOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("machines.list", "/machines", Role.Viewer, "The machines of the fleet.",
            async (AgentRegistry agents, CancellationToken ct) => new Page<Machine>(await agents.ListAsync(ct), null));
        map.Get("machines.folder", "/machines/{id}/folder", Role.Operator, "A folder of a machine, for choosing what to save.",
            (AgentRegistry agents, Guid id, string path, Actor who, CancellationToken ct) => agents.FolderAsync(id, path, who, ct));
        map.Get("machines.hooks", "/machines/{id}/hooks", Role.Operator, "The machine's hook directory and the files in it.",
            (AgentRegistry agents, Guid id, Actor who, CancellationToken ct) => agents.HooksAsync(id, who, ct));
        map.Post("machines.check", "/machines/check", Role.Operator, "Asks this machine what it is and which restic it has.",
            (AgentRegistry agents, Actor who, CancellationToken ct) => agents.CheckAsync(who, ct));
    }
}
