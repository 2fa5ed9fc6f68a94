using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// The command lines of runs for a repository's maintenance. Most speak text: only so do they say how far they are.
/// </summary>
internal static partial class ResticArguments
{
    private const string Patience = "--retry-lock=2m",
        FromPassword = $"--from-password-file={Core.Processes.ChildCommand.SecondInput}";

    /// <param name="cache">An empty folder: what restic has in its cache proves nothing about the repository.</param>
    public static IReadOnlyList<string> Check(CheckSpec spec, string cache) =>
    [
        "check", .. Plain(spec.Target), Patience, $"--cache-dir={cache}",
        .. Flag(spec.Depth == CheckDepth.Full, "--read-data"),
        .. Flag(spec.Depth == CheckDepth.Part, $"--read-data-subset={spec.Part}/{Coverage.Parts}"),
    ];

    public static IReadOnlyList<string> Prune(PruneSpec spec) =>
    [
        "prune", .. Plain(spec.Target), .. spec.DryRun ? ["--dry-run", "--no-lock"] : Flag(true, Patience),
        .. Flag(spec.MaxUnused is not null, $"--max-unused={spec.MaxUnused}%"),
        .. Flag(spec.MaxRepackMiB is not null, $"--max-repack-size={spec.MaxRepackMiB}M"),
    ];

    /// <summary>
    /// What has no dry run in restic is answered by what looks without changing: a check, and a search for what the
    /// packs hold.
    /// </summary>
    public static IReadOnlyList<string> Repair(RepairSpec spec, string cache) => (spec.Step, spec.DryRun) switch
    {
        (RepairStep.Index, false) => ["repair", "index", .. Plain(spec.Target), Patience],
        (RepairStep.Index, true) => ["check", .. Plain(spec.Target), "--no-lock", $"--cache-dir={cache}"],
        (RepairStep.Packs, false) => ["repair", "packs", .. Plain(spec.Target), Patience, "--", .. spec.Packs],
        (RepairStep.Packs, true) => ["find", .. Plain(spec.Target), "--no-lock", "--pack", "--", .. spec.Packs],
        (_, false) => ["repair", "snapshots", .. Plain(spec.Target), "--forget", Patience],
        (_, true) => ["repair", "snapshots", .. Plain(spec.Target), "--forget", "--dry-run", "--no-lock"],
    };

    /// <param name="joined">See <see cref="ResticTarget.JoinedWith"/>.</param>
    /// <param name="snapshots">Full ids; null: all. Without any restic would take all, so an empty list becomes a tag
    /// that no snapshot has.</param>
    public static IReadOnlyList<string> Copy(ResticTarget joined, IReadOnlyList<string>? snapshots) =>
        ["copy", .. Plain(joined), FromPassword, Patience, .. snapshots switch { null => (string[])[],
            [] => ["--tag=timelocker:nothing-is-missing"], _ => ["--", .. snapshots] }];

    public static IReadOnlyList<string> Recover(ResticTarget target) => ["recover", .. Plain(target), Patience];
    public static IReadOnlyList<string> Stats(ResticTarget target) => Query(target, "stats", "--mode=raw-data");
    public static IReadOnlyList<string> ListPacks(ResticTarget target) => Query(target, "list", "packs");
    public static IReadOnlyList<string> ListSnapshots(ResticTarget target) => Query(target, "list", "snapshots");
    public static IReadOnlyList<string> ListLocks(ResticTarget target) => Query(target, "list", "locks");
    public static IReadOnlyList<string> CatLock(ResticTarget target, string id) => Query(target, "cat", "lock", "--", id);
    public static IReadOnlyList<string> FindPacks(ResticTarget target, IEnumerable<string> packs) =>
        [.. Query(target, "find", "--pack", "--"), .. packs];
    public static IReadOnlyList<string> ListIndexes(ResticTarget target) => Query(target, "list", "index");
    public static IReadOnlyList<string> CatIndex(ResticTarget target, string id) => Query(target, "cat", "index", "--", id);
    public static IReadOnlyList<string> FindBlobs(ResticTarget target, IEnumerable<string> blobs) =>
        [.. Query(target, "find", "--blob", "--"), .. blobs];
    public static IReadOnlyList<string> FindTrees(ResticTarget target, IEnumerable<string> trees) =>
        [.. Query(target, "find", "--tree", "--"), .. trees];
}
