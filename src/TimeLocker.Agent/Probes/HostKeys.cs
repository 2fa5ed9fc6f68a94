using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;

namespace TimeLocker.Agent.Probes;

/// <summary>The host keys that an SSH server shows. Whether they are its own is for a person to compare.</summary>
internal static partial class HostKeys
{
    // The strongest first; DSA is left out, for no ssh takes it any more.
    private static readonly string[] Kinds = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521", "ssh-rsa"];

    public static async Task<IReadOnlyList<HostKey>> ReadAsync(ReadHostKeys asked, CancellationToken ct)
    {
        if (!Host().IsMatch(asked.Host) || asked.Port is < 1 or > 65535)
        {
            throw ProblemException.Invalid(Problems.ServerCannotAskedNot(asked.Host, asked.Port));
        }

        var said = await ChildProcess.RunAsync(
            new ChildCommand("ssh-keyscan", ["-T", "8", "-p", $"{asked.Port}", "-t", "ed25519,ecdsa,rsa", "--", asked.Host])
            {
                Environment = new Dictionary<string, string> { ["PATH"] = Programs.SearchPath, ["LANG"] = "C.UTF-8" },
            },
            TimeSpan.FromSeconds(20), 256 * 1024, ct);
        var keys = Encoding.UTF8.GetString(said.Output).Split('\n').Select(Key).OfType<HostKey>().DistinctBy(k => k.Key)
            .OrderBy(k => Array.IndexOf(Kinds, k.Key.Split(' ')[0])).ToList();
        return keys.Count > 0 ? keys : throw new ProblemException(ProblemKind.Unavailable, Why(said, asked));
    }

    /// <summary>As <c>ssh-keygen -l</c> and OpenSSH's own question print it.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> key) =>
        "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=');

    private static HostKey? Key(string line)
    {
        var words = line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var bytes = new byte[line.Length];
        return words.Length >= 3 && !line.StartsWith('#') && Kinds.Contains(words[1])
            && Convert.TryFromBase64String(words[2], bytes, out var length)
            ? new HostKey($"{words[1]} {words[2]}", Fingerprint(bytes.AsSpan(0, length)))
            : null;
    }

    private static Problem Why(ChildResult said, ReadHostKeys asked) =>
        said.ExitCode == 127 ? Problems.SshKeyscanMissingMachine
        : Restic.ResticProblems.Find(said.Errors)?.Problem
        ?? Problems.ServerShowedNoKey(asked.Host, asked.Port);

    [GeneratedRegex(@"^[A-Za-z0-9:][A-Za-z0-9.:_-]{0,252}\z")]
    private static partial Regex Host();
}
