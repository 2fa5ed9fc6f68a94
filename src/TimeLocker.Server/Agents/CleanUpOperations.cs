using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Server.Agents;

public static class CleanUpOperations
{
    public static void Map(OperationMap map)
    {
        map.Get("cleanup.get", "/cleanup", Role.Operator, "What could be cleaned up, what would go now, what went the last time.",
            (Housekeeping housekeeping, Actor who, CancellationToken ct) => housekeeping.StateAsync(who, ct));
        map.Post("cleanup.run", "/cleanup", Role.Admin,
            "Cleans up caches, temporary files and old logs; folders of cut-off restores only when named. Dry run: only says.",
            (Housekeeping housekeeping, NewCleanUp cleanup, Actor who,
                CancellationToken ct) => housekeeping.CleanUpAsync(cleanup, who, ct));
        map.Put("cleanup.policy", "/cleanup/policy", Role.Admin,
            "How long logs are kept, and how large caches may be; takes the rules as a whole, with the revision "
                + "that they were made from.",
            (Housekeeping housekeeping, CleanUpPolicy policy, int? revision, Actor who, CancellationToken ct) =>
                housekeeping.ChangePolicyAsync(policy, who.MustHaveSeen(Role.Admin, revision), ct));
    }
}
