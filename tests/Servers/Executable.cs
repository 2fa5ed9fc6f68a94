using System.Diagnostics;

namespace TimeLocker.Tests.Servers;

/// <summary>
/// A program that a test makes. A child writes it: what is open for writing here is for a moment open in every process
/// that another test starts just then, and a file that anybody holds open for writing cannot be started (“Text file
/// busy”).
/// </summary>
public static class Executable
{
    public static void Write(string path, string script)
    {
        using var writer = Process.Start(new ProcessStartInfo("sh",
            ["-c", "cat >\"$0\" && chmod 755 \"$0\"", path])
        { RedirectStandardInput = true })!;
        writer.StandardInput.Write(script);
        writer.StandardInput.Close();
        writer.WaitForExit();
        if (writer.ExitCode != 0)
        {
            throw new IOException($"“{path}” could not be written.");
        }
    }
}
