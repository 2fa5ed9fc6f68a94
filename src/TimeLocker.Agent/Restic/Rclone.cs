using System.Text;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Agent.Restic;

/// <summary>rclone, which restic uses to reach shares and clouds that it does not speak itself.</summary>
internal static class Rclone
{
    /// <summary>
    /// A password as rclone wants it in its configuration: disguised, not encrypted. It travels over standard input.
    /// </summary>
    public static async Task<string> ObscureAsync(Secret password)
    {
        var said = await ChildProcess.RunAsync(
            new ChildCommand("rclone", ["obscure", "-"])
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = Programs.SearchPath,
                    ["HOME"] = "/nonexistent",
                    ["RCLONE_CONFIG"] = "/dev/null",
                },
                Input = Encoding.UTF8.GetBytes(password.Reveal()),
            },
            TimeSpan.FromSeconds(10), 64 * 1024, CancellationToken.None);
        return said.ExitCode == 0
            ? Encoding.UTF8.GetString(said.Output).Trim()
            : throw new ProblemException(ProblemKind.Unavailable, Problems.RcloneMissingMachineNeeded);
    }
}
