using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace TimeLocker.Core.Processes;

/// <summary>
/// Closes .NET's diagnostic socket, through which every process of this user could take a dump of our memory with all
/// keys in it.
/// </summary>
public static partial class DiagnosticsGuard
{
    private const string Variable = "DOTNET_EnableDiagnostics";

    /// <summary>
    /// Replaces this program by itself, as the same process, unless the variable is set: .NET reads it before any of
    /// our code runs, and from nowhere else. Where that is not possible all goes on as it is. To be called while
    /// signals still do what they do by default: what a handler was told goes with it.
    /// </summary>
    public static void BeginAgain()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            return;
        }

        try
        {
            Replace();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // No /proc, or what somebody else has left under such a name.
        }
    }

    private static void Replace()
    {
        var arguments = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0')[..^1];
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(e => $"{e.Key}={e.Value}").Append($"{Variable}=0");
        foreach (var socket in (string[])["dotnet-diagnostic", "clr-debug-pipe"])
        {
            // The one who opened them would remove them at its end, which does not come.
            foreach (var left in Directory.Exists(Path.GetTempPath())
                ? Directory.GetFiles(Path.GetTempPath(), $"{socket}-{Environment.ProcessId}-*") : [])
            {
                File.Delete(left);
            }
        }

        // Not /proc/self/exe: the process would be called “exe”.
        _ = Execute(Environment.ProcessPath ?? "/proc/self/exe", [.. arguments, null], [.. environment, null]);
    }

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Execute(string file, string?[] arguments, string?[] environment);
}
