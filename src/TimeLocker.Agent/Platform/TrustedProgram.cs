using TimeLocker.Core;

namespace TimeLocker.Agent.Platform;

/// <summary>The same as <see cref="TrustedPath"/> of a file that is to be run.</summary>
internal static class TrustedProgram
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <returns>The path without links, or why it cannot be trusted; a sentence.</returns>
    public static (string Real, string? Why) Of(string path)
    {
        var (real, why) = TrustedPath.OfFile(path);
        return (real, why ?? WhyNot(real));
    }

    private static string? WhyNot(string program) =>
        (File.GetUnixFileMode(program) & Executable) == 0 ? "It is not executable: chmod 755 on it."
        : !Native.May(program, Native.MayEnter | Native.MayRead) ? "The user that runs TimeLocker may not read and execute it."
        : null;
}
