using System.Diagnostics;

namespace TimeLocker.Tests.Servers;

/// <summary>Somebody else on this machine, who works against us for as long as it is wanted.</summary>
public sealed class SecondUser : IDisposable
{
    public const int Id = 65534;

    private readonly Process process;

    private SecondUser(Process process) => this.process = process;

    /// <summary>Why nobody else can be had here, or null.</summary>
    public static string? WhyNot => Environment.IsPrivilegedProcess ? null : "Only root may start programs as another user.";

    public static SecondUser Start(string script) =>
        new(Process.Start(new ProcessStartInfo("setpriv",
            ["--reuid", $"{Id}", "--regid", $"{Id}", "--clear-groups", "sh", "-c", script]))!);

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}
