using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Background;

public static class BackgroundOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("background.list", "/background", Role.Admin,
            "What the server does by itself: when it last did, when it will, and how that went.",
            (BackgroundDesk background, Actor who) => new Page<WorkState>(background.List(who), null));
        map.Post("background.run", "/background/{name}/run", Role.Admin, "Runs it now, whether it is due or not; answers at once.",
            (BackgroundDesk background, string name, Actor who, CancellationToken ct) => background.RunAsync(name, who, ct));
    }
}
