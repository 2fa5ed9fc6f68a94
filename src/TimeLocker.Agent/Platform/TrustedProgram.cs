using TimeLocker.Core;

namespace TimeLocker.Agent.Platform;

/// <summary>The same as <see cref="TrustedPath"/> of a file that is to be run.</summary>
internal static class TrustedProgram
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <returns>The path without links, or why it cannot be trusted.</returns>
    public static (string Real, Text? Why) Of(string path)
    {
        var (real, why) = TrustedPath.OfFile(path);
        return (real, why ?? WhyNot(real));
    }

    private static Text? WhyNot(string program) =>
        (File.GetUnixFileMode(program) & Executable) == 0 ? Texts.NotExecutable
        : !Native.May(program, Native.MayEnter | Native.MayRead) ? Texts.MayNotExecute
        : null;
}
