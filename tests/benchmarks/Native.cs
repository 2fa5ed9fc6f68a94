using System.Globalization;
using System.Runtime.InteropServices;

namespace TimeLocker.Benchmarks;

/// <summary>What the kernel says about processes.</summary>
internal static partial class Native
{
    private const int Children = -1, Terminate = 15;

    /// <summary>CPU seconds of all children that were waited for, with theirs: exact, in microseconds.</summary>
    public static double CpuOfEndedChildren()
    {
        var usage = new long[18];
        return GetUsage(Children, usage) == 0 ? usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6)
            : throw new InvalidOperationException("getrusage failed.");
    }

    /// <summary>
    /// CPU seconds of a process, of the children that it waited for, and of theirs. restic's wrapper waits for restic
    /// and the server for the wrapper, so a finished run is in it whole. The kernel counts in nanoseconds and shows
    /// hundredths.
    /// </summary>
    public static double CpuOfTree(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / 100;
    }

    /// <summary>Resident memory of a process, MiB.</summary>
    public static double Resident(int pid) => Figure($"/proc/{pid}/status", "VmRSS:") / 1024;

    /// <summary>Context switches of all threads of a process so far. A thread that ended takes its own along.</summary>
    public static double Switches(int pid) =>
        Directory.EnumerateDirectories($"/proc/{pid}/task")
            .Sum(task => Figure($"{task}/status", "voluntary_ctxt_switches:")
                + Figure($"{task}/status", "nonvoluntary_ctxt_switches:"));

    /// <summary>
    /// CPU seconds of a process alone, also of its threads that ended: to the nanosecond, where its stat line has
    /// hundredths.
    /// </summary>
    public static double CpuOf(int pid)
    {
        var clock = (~pid << 3) | 2; // how the kernel numbers the CPU clock of a process
        var time = new long[2];
        return GetTime(clock, time) == 0 ? time[0] + (time[1] / 1e9)
            : throw new InvalidOperationException($"Process {pid} has no clock.");
    }

    public static void End(int pid) => _ = Kill(pid, Terminate);

    private static double Figure(string file, string name)
    {
        var line = File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, [In, Out] long[] usage);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, [In, Out] long[] time);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
