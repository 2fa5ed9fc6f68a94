using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

internal static class SpaceCheck
{
    /// <summary>Below this nothing is begun: restic itself needs some room for locks, index and temporary files.</summary>
    public const long Floor = 32L << 20;

    /// <returns>A sentence about the free space, or null where it cannot be seen.</returns>
    /// <exception cref="ProblemException">There is too little.</exception>
    public static string? Check(string path, long expected)
    {
        if (FolderRepository.FreeBytes(path) is not { } free)
        {
            return null;
        }

        var needed = Math.Max(Floor, expected);
        return free >= needed
            ? $"{Size(free)} are free at {path}."
            : throw new ProblemException(ProblemKind.Failed, "There is too little free space.", $"{Size(free)} are free at {path}, about {Size(needed)} are needed.", "Free some space there, then run it again.");
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
    };
}
