using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Repositories;

/// <summary>
/// The maintenance that a repository gets without anybody thinking about it, wherever it is added: on Sunday night, one
/// kind after the other.
/// </summary>
public static class UsualMaintenance
{
    /// <summary>What a prune stores anew is downloaded first: no more than this at a time. The next one goes on.</summary>
    public const long MaxRepackMiB = 5 * 1024;

    public static MaintenanceSchedule Check(string zone) =>
        new(RunKind.Check, new("0 2 * * SUN", zone)) { Depth = CheckDepth.Part };

    public static MaintenanceSchedule Prune(string zone) =>
        new(RunKind.Prune, new("0 4 * * SUN", zone)) { MaxRepackMiB = MaxRepackMiB, AfterRemovals = true };

    /// <param name="appendOnly">Its server lets nothing be removed, so a prune there could only fail.</param>
    public static IReadOnlyList<MaintenanceSchedule> Of(bool appendOnly, string zone) =>
        appendOnly ? [Check(zone)] : [Check(zone), Prune(zone)];
}
