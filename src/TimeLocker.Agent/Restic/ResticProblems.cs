using System.Text.RegularExpressions;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>restic's usual words about why it failed, and what they mean to a person. The first that fits is used.</summary>
internal static partial class ResticProblems
{
    private static readonly KnownProblem[] Usual =
    [
        new("no space left on device", ProblemKind.Upstream, Problems.DiskFullResticCould) { Step = NextStep.FreeSpace },
        new("507 Insufficient Storage", ProblemKind.Upstream, Problems.RepositorysQuotaUsedUp) { Step = NextStep.FreeSpace },
        new("disk quota exceeded", ProblemKind.Upstream, Problems.DiskQuotaUsedUp) { Step = NextStep.FreeSpace },
        new("read-only file system", ProblemKind.Upstream, Problems.RepositoryCannotWrittenFile),
        new("wrong password or no key found", ProblemKind.Upstream,
            Problems.RepositorysPasswordWrongRestic) { Step = NextStep.EnterPassword },
        new("an empty password is not allowed", ProblemKind.Upstream,
            Problems.RepositorysPasswordMissingRestic) { Step = NextStep.EnterPassword },
        new("all source directories/files do not exist", ProblemKind.Upstream,
            Problems.NothingBackedUpNone) { Step = NextStep.EditPlan },
        new("repository is already locked", ProblemKind.Conflict, TransientProblems.Locked, Texts.AnotherProgramWorks,
            Texts.WaitUntilDoneIf) { Step = NextStep.Unlock },
        new("ciphertext verification failed", ProblemKind.Upstream,
            Problems.RepositoryDamagedStoredData) { Step = NextStep.Repair },
        new("not found in repository", ProblemKind.Upstream, Problems.RepositoryDamagedDataShould) { Step = NextStep.Repair },
        new("not found in index", ProblemKind.Upstream, Problems.RepositoryDamagedDataShould) { Step = NextStep.Repair },
        new("should be a file, but is", ProblemKind.Invalid, Problems.NoFileFolderLink),
        new("no matching ID found", ProblemKind.NotFound, Problems.SnapshotGoneRepositoryHolds),
        new("not found in snapshot", ProblemKind.NotFound, Problems.NotInSnapshotPath),
        new("repository already contains keys", ProblemKind.Conflict, Problems.SomethingRepositoryAlreadyConfig),
        new("config file already exists", ProblemKind.Conflict, Problems.RepositoryAlreadyResticDoes),
        new("invalid backend", ProblemKind.Unavailable, Problems.ResticCannotReachKind),
        new("unsupported repository version", ProblemKind.Unavailable, Problems.ResticTooOldRepository),
        new("unable to locate cache directory", ProblemKind.Upstream, Problems.ResticCannotKeepCache),
        .. NetworkProblems.All,
        new("unable to start the sftp session", Problems.SshServerDidNot),
        new("permission denied", ProblemKind.Upstream, Problems.AccessDeniedUserRuns),
        new("failed to load snapshot", ProblemKind.NotFound, Problems.SnapshotGoneRepositoryHolds),
    ];

    public static (ProblemKind Kind, Problem Problem)? Find(string said)
    {
        foreach (var known in Usual)
        {
            if (said.Contains(known.Words, StringComparison.OrdinalIgnoreCase))
            {
                return (known.Kind,
                    Holder().Match(said) is { Success: true } holder
                        && known.Words.Contains("locked", StringComparison.Ordinal)
                    ? Locked(holder.Groups[1].Value.Trim())
                    : known.Problem);
            }
        }

        return null;
    }

    public static Problem Locked(string holder) =>
        new(TransientProblems.Locked, Texts.Used(holder),
            Texts.WaitUntilDoneIf)
        {
            Step = NextStep.Unlock,
        };

    /// <summary>
    /// The first line of what restic said, without its own alarm words; with the next one where it only announces that.
    /// </summary>
    public static string FirstLine(string said)
    {
        var all = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = all is [var first, var second, ..] && first.EndsWith(':') ? $"{first} {second}" : all.FirstOrDefault() ?? "";
        while (line.StartsWith("Fatal: ", StringComparison.Ordinal))
        {
            line = line["Fatal: ".Length..];
        }

        return line.Length > 500 ? line[..500] + "…" : line;
    }

    [GeneratedRegex(@"already locked(?: exclusively)? by (PID \d+ on \S+ by [^\n]{1,100}?)(?: \(UID|\n|$)")]
    private static partial Regex Holder();
}
