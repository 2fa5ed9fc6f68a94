namespace TimeLocker.Core.Runs;

/// <summary>
/// Folders from which a computer starts, runs programs, or lets people in: one new file there can change who rules it.
/// </summary>
public static class SystemFolders
{
    private static readonly string[] All =
    [
        "/bin", "/boot", "/dev", "/efi", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/nix", "/proc", "/sbin", "/sys", "/usr",
        "/run/systemd", "/var/lib/systemd", "/var/spool/at", "/var/spool/cron",
    ];

    // In whosever home they lie.
    private static readonly string[] Anywhere = ["/.ssh/", "/.config/systemd/", "/.config/autostart/", "/.local/share/systemd/"];

    /// <param name="path">Absolute, links resolved where that is possible.</param>
    public static bool Hold(string path) =>
        (path.TrimEnd('/') + "/") is var below
            && (All.Any(folder => below.StartsWith(folder + "/", StringComparison.Ordinal))
                || Anywhere.Any(folder => below.Contains(folder, StringComparison.Ordinal)));

    public static Problem Refusal(string folder) => new(Texts.MayNotRestored,
        Texts.LiesInFolderSystem(folder.AsName()),
        Texts.ChooseAnotherFolderSuch);
}
