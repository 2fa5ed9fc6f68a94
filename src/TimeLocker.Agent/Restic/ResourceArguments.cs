using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Restic;

/// <summary>What a run may take, as restic's options; they stand right after the command.</summary>
internal static class ResourceArguments
{
    /// <param name="arguments">Also of an earlier attempt: its limits are replaced.</param>
    public static IReadOnlyList<string> In(IReadOnlyList<string> arguments, RunSpec spec, Limits limits) =>
    [
        arguments[0],
        .. Option("--limit-upload", limits.Upload), .. Option("--limit-download", limits.Download),
        .. Option("--pack-size",
            spec is BackupSpec or CopySpec or PruneSpec or RepairSpec ? spec.Resources.PackSize : 0),
            .. Option("--read-concurrency", spec is BackupSpec ? spec.Resources.ReadConcurrency : 0),
        .. arguments.Skip(1).Where(word => !Names.Any(name => word.StartsWith(name + "=", StringComparison.Ordinal))),
    ];

    private static readonly string[] Names = ["--limit-upload", "--limit-download", "--pack-size", "--read-concurrency"];

    private static string[] Option(string name, int value) => value == 0 ? [] : [$"{name}={value}"];
}
