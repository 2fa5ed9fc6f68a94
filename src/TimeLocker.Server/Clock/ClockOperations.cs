using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Clock;

public static class ClockOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("clock.get", "/clock", Role.Viewer, "The server's time and zone, and why its clock is in doubt, if it is.",
            (ClockWatch clock) => clock.State);
        map.Post("clock.trust", "/clock/trust", Role.Admin,
            "Confirms that the clock is right after a jump; until then nothing is removed.",
            (ClockWatch clock, Actor who, CancellationToken ct) => clock.TrustAsync(who, ct));
    }
}
