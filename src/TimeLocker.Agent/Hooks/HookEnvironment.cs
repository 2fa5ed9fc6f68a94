using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Hooks;

/// <summary>All that a hook gets to know: nothing is inherited, and nothing of restic's is among it.</summary>
internal static class HookEnvironment
{
    public static Dictionary<string, string> Of(BackupSpec spec, HookMoment moment, RunEnded? ended) => new(Basic(spec))
    {
        ["TIMELOCKER_MOMENT"] = moment switch
        {
            HookMoment.Before => "before",
            HookMoment.After => "after",
            HookMoment.OnSuccess => "success",
            _ => "failure"
        },
        ["TIMELOCKER_OUTCOME"] = ended?.Outcome.ToString().ToLowerInvariant() ?? "",
        ["TIMELOCKER_SNAPSHOT"] = ended?.SnapshotId ?? "",
    };

    /// <summary>For the program whose output is saved.</summary>
    public static Dictionary<string, string> OfSource(BackupSpec spec) => new(Basic(spec)) { ["TIMELOCKER_MOMENT"] = "source" };

    private static Dictionary<string, string> Basic(BackupSpec spec) => new()
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? "/",
        ["LANG"] = "C.UTF-8",
        ["TIMELOCKER_RUN"] = spec.RunId.ToString(),
        ["TIMELOCKER_PLAN"] = spec.PlanName,
        ["TIMELOCKER_REPOSITORY"] = spec.RepositoryName,
    };
}
