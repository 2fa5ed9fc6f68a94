namespace TimeLocker.Tests.Agent;

/// <summary>restic's recorded output, a folder a version.</summary>
internal static class Recordings
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(at.FullName, "tests/fixtures/restic")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("tests/fixtures/restic");
        }

        return Path.Combine(at.FullName, "tests/fixtures/restic");
    }
}
