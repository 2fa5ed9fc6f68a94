namespace TimeLocker.Core.Snapshots;

/// <summary>A path inside a snapshot, as people and programs give it.</summary>
public static class SnapshotPath
{
    /// <returns>The path without a slash at its end.</returns>
    /// <exception cref="ProblemException">of kind Invalid: it does not begin with “/”, or leads out of the snapshot.</exception>
    public static string Checked(string path)
    {
        var trimmed = path.TrimEnd('/');
        var good = trimmed.Length == 0 ? path.Length > 0
            : trimmed[0] == '/' && !trimmed.Contains('\0') && !trimmed.Split('/').Any(part => part is "." or "..");
        return good ? (trimmed.Length == 0 ? "/" : trimmed)
            : throw ProblemException.Invalid(Problems.NotPathInSnapshot(path.AsName()));
    }
}
