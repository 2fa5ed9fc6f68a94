namespace TimeLocker.Tests.Servers;

/// <summary>
/// Where the programs are that the tests start. deploy/test installs them; without them a test fails and says so.
/// </summary>
public static class Programs
{
    private static string Fetched =>
        Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"),
            "timelocker", "servers");

    public static string Sshd => Find("sshd");
    public static string Smbd => Find("smbd");
    public static string RestServer => Find("rest-server", "restic-rest-server");
    public static string Moto =>
        Environment.GetEnvironmentVariable("TIMELOCKER_MOTO") is { Length: > 0 } named ? named : Find("moto_server");

    private static string Find(params string[] names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin", Fetched]);
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"This test needs “{names[^1]}”, which is not on this machine. deploy/test installs it and says why when it cannot.");
    }
}
