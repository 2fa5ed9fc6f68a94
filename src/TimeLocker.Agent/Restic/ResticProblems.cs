using System.Text.RegularExpressions;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>restic's usual words about why it failed, and what they mean to a person. The first that fits is used.</summary>
internal static partial class ResticProblems
{
    private static readonly KnownProblem[] Usual =
    [
        new("no space left on device", ProblemKind.Upstream, "The disk is full.", "restic could not write: no space left on device.",
            "Free some space there (the message in the log names the place), then run it again.") { Step = NextStep.FreeSpace },
        new("507 Insufficient Storage", ProblemKind.Upstream, "The repository's quota is used up.",
            "The server answered: 507 Insufficient Storage.", "Raise the quota or remove old snapshots, then run it again.") { Step = NextStep.FreeSpace },
        new("disk quota exceeded", ProblemKind.Upstream, "The disk quota is used up.",
            "restic could not write: disk quota exceeded.", "Raise the quota or free some space, then run it again.") { Step = NextStep.FreeSpace },
        new("read-only file system", ProblemKind.Upstream, "The repository cannot be written.",
            "Its file system is mounted read-only.", "Mount it for writing; after a disk error check the disk first."),
        new("wrong password or no key found", ProblemKind.Upstream, "The repository's password is wrong.",
            "restic found no key that this password opens; it may have been changed with restic.",
            "Enter the one that holds now. For a repository that is here already: on its page, under Connection.") { Step = NextStep.EnterPassword },
        new("an empty password is not allowed", ProblemKind.Upstream, "The repository's password is missing.", "restic was given an empty password.",
            "Enter it. For a repository that is here already: on its page, under Connection.") { Step = NextStep.EnterPassword },
        new("all source directories/files do not exist", ProblemKind.Upstream, "Nothing was backed up.",
            "None of the plan's folders exists any more.", "Correct the folders in the plan, or mount the disk that holds them.") { Step = NextStep.EditPlan },
        new("repository is already locked", ProblemKind.Conflict, TransientProblems.Locked, "Another program works on it.",
            "Wait until it is done. If that program is gone, unlock the repository.") { Step = NextStep.Unlock },
        new("ciphertext verification failed", ProblemKind.Upstream, "The repository is damaged.", "Stored data is not what was written.",
            "Check the repository with “restic check --read-data” and replace the disk if it fails.") { Step = NextStep.Repair },
        new("not found in repository", ProblemKind.Upstream, "The repository is damaged.",
            "Data that it should hold is missing.", "Run “restic repair index”, then “restic check”.") { Step = NextStep.Repair },
        new("not found in index", ProblemKind.Upstream, "The repository is damaged.", "Data that it should hold is missing.",
            "Run “restic repair index”, then “restic check”.") { Step = NextStep.Repair },
        new("should be a file, but is", ProblemKind.Invalid, "This is no file.",
            "It is a folder, a link, or something that holds nothing by itself.", "Download it as a TAR, or restore it."),
        new("no matching ID found", ProblemKind.NotFound, "The snapshot is gone.",
            "The repository holds no snapshot with this id.", "Refresh the list of snapshots and choose another."),
        new("not found in snapshot", ProblemKind.NotFound, "This is not in the snapshot.", "The path does not exist there.",
            "Go one folder up and choose again."),
        new("repository already contains keys", ProblemKind.Conflict, "Something of a repository is already there.",
            "Its config file is missing but keys are there: it may be damaged.", "Choose another folder, or bring the config file back."),
        new("config file already exists", ProblemKind.Conflict, "A repository is already there.",
            "restic does not make one over another.", "Add it as an existing repository."),
        new("invalid backend", ProblemKind.Unavailable, "This restic cannot reach this kind of storage.",
            "It was built without it.", "Install the restic of https://restic.net, which has all of them."),
        new("unsupported repository version", ProblemKind.Unavailable, "restic is too old for this repository.",
            "The repository was made by a newer one.", "Install a newer restic on this machine."),
        new("unable to locate cache directory", ProblemKind.Upstream, "restic cannot keep its cache.",
            "The cache folder cannot be used.", "Check TimeLocker's state directory."),
        .. NetworkProblems.All,
        new("unable to start the sftp session", "The SSH server did not let TimeLocker in.",
            "It closed the connection without giving a reason.", "Check the server, its key, the user and the private key, then try again."),
        new("permission denied", ProblemKind.Upstream, "Access was denied.",
            "The user that runs TimeLocker may not read or write there: permission denied.", "Give that user the rights; the log names the place."),
        new("failed to load snapshot", ProblemKind.NotFound, "The snapshot is gone.",
            "The repository holds no snapshot with this id.", "Refresh the list of snapshots and choose another."),
    ];

    public static (ProblemKind Kind, Problem Problem)? Find(string said)
    {
        foreach (var known in Usual)
        {
            if (said.Contains(known.Words, StringComparison.OrdinalIgnoreCase))
            {
                return (known.Kind, Holder().Match(said) is { Success: true } holder && known.Words.Contains("locked", StringComparison.Ordinal)
                    ? Locked(holder.Groups[1].Value.Trim())
                    : known.Problem);
            }
        }

        return null;
    }

    public static Problem Locked(string holder) =>
        new(TransientProblems.Locked, $"It is used by {holder}.",
            "Wait until it is done. If that program is gone, unlock the repository.")
        {
            Step = NextStep.Unlock,
        };

    /// <summary>The first line of what restic said, without its own alarm words; with the next one where it only announces that.</summary>
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
