using System.Globalization;
using System.Runtime.InteropServices;

namespace TimeLocker.Core.Processes;

/// <summary>
/// A process that cannot be mistaken for a later one with the same number: number, start (clock ticks after boot) and
/// boot.
/// </summary>
public sealed partial record ProcessIdentity(int Pid, ulong StartTicks, string Boot)
{
    public const int Terminate = 15, Kill = 9;

    public bool IsAlive => Of(Pid) == this;

    public static ProcessIdentity? Of(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"), File.ReadAllText("/proc/sys/kernel/random/boot_id"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="stat">A line of /proc/PID/stat; the name in it may hold blanks and brackets. A zombie is no process
    /// any more.</param>
    public static ProcessIdentity? Parse(string stat, string boot)
    {
        var name = stat.IndexOf('(', StringComparison.Ordinal);
        var rest = stat.LastIndexOf(')') is >= 0 and var close
            ? stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        return name > 0 && rest.Length > 19 && rest[0] is not ("Z" or "X")
            && int.TryParse(stat.AsSpan(0, name).Trim(), CultureInfo.InvariantCulture, out var pid)
            && ulong.TryParse(rest[19], CultureInfo.InvariantCulture, out var start)
            ? new ProcessIdentity(pid, start, boot.Trim())
            : null;
    }

    /// <summary>Signals the whole process group that this process leads; does nothing once it is gone.</summary>
    public void SignalGroup(int signal)
    {
        if (Pid > 1 && IsAlive)
        {
            _ = Send(-Pid, signal);
        }
    }

    /// <summary>Whether anything is left of the group, be it only waiting to be reaped.</summary>
    public bool HasGroup => Pid > 1 && Send(-Pid, 0) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Send(int pid, int signal);
}
