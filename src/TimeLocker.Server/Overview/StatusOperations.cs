using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Overview;

public static class StatusOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("status.get", "/status", Role.Viewer, "Are we safe: one sentence, what needs a person, plans, runs under way.",
            async (StatusBoard board, Actor who, CancellationToken ct) =>
            {
                var status = await board.GetAsync(ct);
                return status with { Running = [.. status.Running.Select(r => r.For(who))] };
            });
    }
}
