using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether the network costs by what is sent (a phone's hotspot), where the plan does not want that. NetworkManager
/// knows; without it nothing is known, and the run goes on.
/// </summary>
internal sealed class MeteredCheck : ICheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Name => "metered";

    public async Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { Options.Conditions.SkipOnMetered: true }
            || (run.Target is { Folder: not null, MountSource: var source } && !IsShare(source)))
        {
            return null;
        }

        return await MeteredAsync(run.HostPaths.Busctl, ct) switch
        {
            true => Finding.NotNow(Texts.NetworkMetered, Problems.BackupLeftOutNetwork),
            false => new Finding(Texts.NetworkNotMetered),
            null => new Finding(Texts.NetworkUnknown),
        };
    }

    // "u 1": yes, 2: no, 3 and 4: the same, guessed; 0: unknown.
    private static async Task<bool?> MeteredAsync(string busctl, CancellationToken ct)
    {
        try
        {
            var said = await ChildProcess.RunAsync(
                new ChildCommand(busctl,
                    ["--system", "get-property", "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager",
                        "org.freedesktop.NetworkManager", "Metered"])
                {
                    Environment = new Dictionary<string,
                        string>
                    {
                        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
                        ["LANG"] = "C.UTF-8",
                    },
                }, Patience, mostOutput: 1000, ct);
            return (said.ExitCode, Encoding.UTF8.GetString(said.Output).Trim()) switch
            {
                (0, "u 1" or "u 3") => true,
                (0, "u 2" or "u 4") => false,
                _ => null,
            };
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private static bool IsShare(string? source) =>
        source is not null
            && (source.Contains(":/", StringComparison.Ordinal) || source.StartsWith("//", StringComparison.Ordinal));
}
