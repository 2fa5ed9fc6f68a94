using System.Globalization;
using TimeLocker.Agent.Probes;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>Free space at one place.</summary>
/// <param name="place">The path, the bytes without which nothing is begun, and those that would be good to have; null:
/// this run writes nothing there.</param>
internal sealed class SpaceCheck(Text where, Func<Inspection, (string Path, long Needed, long Good)?> place) : ICheck
{
    /// <summary>restic itself needs some room for locks, index and temporary files.</summary>
    public const long Floor = 32L << 20;

    // restic writes a pack to a temporary file for each of its connections.
    private const int DefaultPackSize = 16, PacksAtOnce = 6;

    public static SpaceCheck OfRepository { get; } = new(Texts.InRepository,
        run => run is { Writes: true, WithoutLock: false, Target.Folder: { } folder }
            ? (folder, run.Spec is BackupSpec spec ? spec.ExpectedBytes : 0, 0)
            : null);

    public static SpaceCheck OfTarget { get; } = new(Texts.WhereRestored,
        run => run.Spec is RestoreSpec { DryRun: false } spec ? (TargetCheck.Of(spec), 0, 0) : null);

    /// <summary>Cache and temporary files lie side by side.</summary>
    public static SpaceCheck OfCache { get; } = new(Texts.ForCache, run => run.Writes
        ? (run.Restic.State, 0,
            (long)PacksAtOnce
                * (run.Spec.Resources.PackSize == 0 ? DefaultPackSize : run.Spec.Resources.PackSize) << 20)
        : null);

    public string Name => "space";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (place(run) is not (var path, var needed, var good) || FolderRepository.FreeBytes(path) is not { } free)
        {
            return Finding.Nothing;
        }

        needed = Math.Max(Floor, needed);
        if (free < needed)
        {
            throw new ProblemException(ProblemKind.Upstream,
                Problems.TooLittleFreeSpace(Size(free), where, path.AsName(), Size(needed)));
        }

        return free < good
            ? Finding.Warning(Texts.FreeSpaceMayNotDo(Size(free), where, path.AsName(), Size(good)))
            : new Finding(Texts.FreeSpace(Size(free), where, path.AsName()));
    }

    internal static string Size(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB");
}
