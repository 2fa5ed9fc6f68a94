using System.Diagnostics;

namespace TimeLocker.Tests.Servers;

/// <summary>A file system in memory, or a folder once more, at a folder of its own for as long as it is wanted.</summary>
public sealed class Mounted : IDisposable
{
    /// <summary>What the system shows as mounted there.</summary>
    public const string Source = "tl-memory";

    private static readonly Lazy<string?> Refusal = new(Try);

    private Mounted(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Why nothing can be mounted here, or null.</summary>
    public static string? WhyNot => Refusal.Value;

    public static string SourceOf(string folder) =>
        File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')).Last(f => f[4] == folder) is { } found
            ? found[Array.IndexOf(found, "-") + 2] : "";

    public static Mounted Memory(string folder, string size)
    {
        Directory.CreateDirectory(folder);
        Mount("mount", "-t", "tmpfs", "-o", $"size={size}", Source, folder);
        return new(folder);
    }

    /// <summary>A folder or file that can be reached at another one, too.</summary>
    public static Mounted Bound(string what, string at)
    {
        Mount("mount", "--bind", what, at);
        return new(at);
    }

    /// <summary>A folder whose changes lie in another one.</summary>
    public static Mounted Over(string lower, string upper, string work, string at)
    {
        Mount("mount", "-t", "overlay", "-o", $"lowerdir={lower},upperdir={upper},workdir={work}", "tl-overlay", at);
        return new(at);
    }

    public void ReadOnly(bool value) => Mount("mount", "-o", value ? "remount,ro" : "remount,rw", Folder);

    public void Dispose() => Mount("umount", "-l", Folder);

    private static string? Try()
    {
        try
        {
            var folder = Directory.CreateTempSubdirectory("tl-mount-").FullName;
            Memory(folder, "1m").Dispose();
            Directory.Delete(folder);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return $"Only root may mount, and not in every container: {e.Message}";
        }
    }

    private static void Mount(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(errors.Trim());
        }
    }
}
