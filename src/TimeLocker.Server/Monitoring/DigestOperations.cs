using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Monitoring;

public static class DigestOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("digest.get", "/digest", Role.Viewer, "When the daily and the weekly digest are made.",
            (DigestDesk digests, Actor who, CancellationToken ct) => digests.GetAsync(who, ct));
        map.Put("digest.change", "/digest", Role.Admin,
            "Sets the hour of the digests, in the server's zone; the weekly one comes on Mondays.",
            (DigestDesk digests, DigestSettings settings, Actor who, CancellationToken ct) =>
                digests.ChangeAsync(settings, who.Having(settings.Revision > 0 ? settings.Revision : null), ct));
    }
}
