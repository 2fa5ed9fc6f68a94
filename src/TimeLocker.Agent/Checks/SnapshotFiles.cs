using System.Security.Cryptography;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// The snapshot files of a repository in a folder. restic names each after the SHA-256 of its content, so damage shows
/// without a key.
/// </summary>
internal static class SnapshotFiles
{
    private const int Most = 10_000;

    /// <returns>Ids of those whose content is not what was written.</returns>
    /// <param name="remove">They hold nothing that anybody can read again: takes them away.</param>
    public static IReadOnlyList<string> Damaged(string repository, bool remove)
    {
        List<string> damaged = [];
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(repository, "snapshots")).Take(Most).Where(IsDamaged))
            {
                if (remove)
                {
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                    File.Delete(file);
                }

                damaged.Add(Path.GetFileName(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next check tells what is left.
        }

        return damaged;
    }

    // Read twice: what a shaky share answers wrongly once is no reason to remove a snapshot.
    private static bool IsDamaged(string file) =>
        Path.GetFileName(file).Length == 64 && Hash(file) != Path.GetFileName(file)
            && Hash(file) != Path.GetFileName(file);

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
