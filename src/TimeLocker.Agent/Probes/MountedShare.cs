using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>
/// Whether the share that a repository is on is mounted. Without it restic would write to the machine's own disk and
/// call it a success.
/// </summary>
internal static class MountedShare
{
    /// <summary>Null where the expected share is mounted, or none is expected.</summary>
    public static Problem? Missing(ResticTarget target)
    {
        if (target is not { MountSource: { } expected, Folder: { } folder })
        {
            return null;
        }

        return Mount.At(folder) is { } mount && Same(mount.Source, expected)
            ? null
            : new Problem(Texts.ShareNotMounted,
                Texts.BelongsNot(folder.AsName(),
                    Mount.At(folder)?.Source is { } source ? source.AsName() : Texts.NoFileSystemSeen,
                    expected.AsName()),
                Texts.MountShareThenTry);
    }

    /// <exception cref="ProblemException">The share is not mounted.</exception>
    public static void Require(ResticTarget target)
    {
        if (Missing(target) is { } problem)
        {
            throw new ProblemException(ProblemKind.Unavailable, problem);
        }
    }

    private static bool Same(string mounted, string expected) => mounted.TrimEnd('/') == expected.TrimEnd('/');
}
