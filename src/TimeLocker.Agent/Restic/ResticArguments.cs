using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// restic's command lines. No secret is in them; paths travel in files, single values are glued to their option so that
/// none can be taken for another.
/// </summary>
internal static partial class ResticArguments
{
    public const string FilesFile = "files", ExcludeFile = "excludes", IncludeFile = "includes";

    public static IReadOnlyList<string> Backup(BackupSpec spec, string directory) =>
    [
        .. Saving(spec),
        .. Flag(spec.Mode == BackupMode.Full, "--force"),
        .. Flag(spec.Options.ExcludeCaches, "--exclude-caches"),
        .. Flag(spec.Options.OneFileSystem, "--one-file-system"),
        .. spec.Options.ExcludeIfPresent.Select(name => $"--exclude-if-present={name}"),
        .. Flag(spec.Options.Excludes.Count > 0, $"--exclude-file={Path.Combine(directory, ExcludeFile)}"),
        $"--files-from-raw={Path.Combine(directory, FilesFile)}",
    ];

    /// <summary>
    /// Saves what a program prints. It gets its own environment and nothing of restic's, which has the credentials in
    /// it; the password comes over restic's standard input, of which the program sees nothing. What it says beside its
    /// output goes to a file: restic drops the last words of a program that ends right after them.
    /// </summary>
    public static IReadOnlyList<string> BackupOf(
        BackupSpec spec, string path, string program, IReadOnlyDictionary<string, string> environment, string words) =>
    [
        .. Saving(spec), $"--stdin-filename={path}", "--stdin-from-command",
        "--", "env", "-i", .. environment.Select(variable => $"{variable.Key}={variable.Value}"),
        "/bin/sh", "-c", """(umask 077; : >>"$0"); exec 2>>"$0"; exec "$@" """.TrimEnd(), words, program,
    ];

    private static IReadOnlyList<string> Saving(BackupSpec spec) =>
    [
        "backup", .. Common(spec.Target), Patience, $"--host={spec.Host}", $"--tag={spec.Tag}",
        .. spec.Options.Tags.Select(tag => $"--tag={tag}"),
        .. Flag(spec.Options.Compression != Compression.Auto,
            $"--compression={spec.Options.Compression.ToString().ToLowerInvariant()}"),
        .. Flag(spec.Mode == BackupMode.DryRun, "--dry-run"),
    ];

    /// <param name="excludes">Whether there is a file of what is left out of everything.</param>
    public static IReadOnlyList<string> Restore(RestoreSpec spec, RestoreSelection selection, string target,
        string directory, bool excludes) =>
    [
        "restore", .. Common(spec.Target), Patience, "--sparse", $"--target={target}",
        $"--overwrite={spec.Overwrite switch { OverwriteMode.Always => "always", OverwriteMode.IfChanged => "if-changed", OverwriteMode.IfNewer => "if-newer", _ => "never" }}",
        .. Flag(spec.Verify && !spec.DryRun, "--verify"),
        .. Flag(spec.DryRun, "--dry-run", "-v=2"),
        .. Flag(selection.Names.Count > 0, $"--include-file={Path.Combine(directory, IncludeFile)}"),
        .. Flag(excludes, $"--exclude-file={Path.Combine(directory, ExcludeFile)}"),
        "--", Inside(spec.SnapshotId, selection.Parent),
    ];

    /// <summary>The same, for a repository in which no lock can be taken.</summary>
    public static IReadOnlyList<string> WithoutLock(IReadOnlyList<string> arguments) =>
        [.. arguments.Select(word => word == Patience ? "--no-lock" : word)];

    /// <summary>Short calls that only read; they work while others hold a lock.</summary>
    public static IReadOnlyList<string> Query(ResticTarget target, params ReadOnlySpan<string> words) =>
        [.. words[..1], .. Common(target), "--no-lock", .. words[1..]];

    public static IReadOnlyList<string> CatConfig(ResticTarget target) => Query(target, "cat", "config");
    public static IReadOnlyList<string> CatTree(ResticTarget target, string snapshotId, string path) =>
        Query(target, "cat", "--", "tree", Inside(snapshotId, path));
    public static IReadOnlyList<string> CatBlob(ResticTarget target, string id) => Query(target, "cat", "--", "blob", id);
    public static IReadOnlyList<string> Snapshots(ResticTarget target) => Query(target, "snapshots");
    public static IReadOnlyList<string> SnapshotsTagged(ResticTarget target, string tag) =>
        Query(target, "snapshots", $"--tag={tag}");
    public static IReadOnlyList<string> SnapshotById(ResticTarget target, string id) => Query(target, "snapshots", "--", id);
    public static IReadOnlyList<string> List(ResticTarget target, string snapshotId, IEnumerable<string> paths) =>
        Query(target, ["ls", "--", snapshotId, .. paths]);
    public static IReadOnlyList<string> DumpFile(ResticTarget target, string snapshotId, string path) =>
        Query(target, "dump", "--", snapshotId, path);
    public static IReadOnlyList<string> DumpArchive(ResticTarget target, string format, string snapshotId,
        string parent, string name) =>
        Query(target, "dump", $"--archive={format}", "--", Inside(snapshotId, parent), name);

    public static IReadOnlyList<string> List(ResticTarget target, string snapshotId, RestoreSelection selection,
        bool recursive, bool byName) =>
        [
            .. Query(target, "ls"),
            .. Flag(recursive || !byName, "--recursive"),
            "--",
            Inside(snapshotId, selection.Parent),
            .. Flag(byName, [.. selection.Names]),
        ];

    public static IReadOnlyList<string> Init(ResticTarget target) => ["init", .. Common(target), "--repository-version=2"];

    /// <summary>With the other one's chunker parameters: equal data is cut in equal pieces.</summary>
    public static IReadOnlyList<string> InitCopy(ResticTarget joined) => [.. Init(joined), "--copy-chunker-params", FromPassword];

    public static IReadOnlyList<string> KeyList(ResticTarget target) => ["key", "list", .. Common(target), "--no-lock"];

    /// <summary>The new password comes from the second secret.</summary>
    public static IReadOnlyList<string> KeyAdd(ResticTarget target, string user, string host) =>
        ["key", "add", .. Common(target), "--retry-lock=30s",
            $"--new-password-file={Core.Processes.ChildCommand.SecondInput}", $"--user={user}", $"--host={host}"];

    public static IReadOnlyList<string> KeyRemove(ResticTarget target, string id) =>
        ["key", "remove", .. Common(target), "--retry-lock=30s", "--", id];

    /// <summary>Removes locks only of processes that are gone, never others'.</summary>
    public static IReadOnlyList<string> Unlock(ResticTarget target) => ["unlock", .. Common(target)];

    /// <summary>The command line for people, as a shell would take it.</summary>
    public static string Show(ResticTarget target, IEnumerable<string> arguments) =>
        $"RESTIC_REPOSITORY={Quote(target.Location)} {(target.Environment.TryGetValue(ResticTarget.FromRepository, out var from) ? $"{ResticTarget.FromRepository}={Quote(from.Reveal())} " : "")}restic {string.Join(' ', arguments.Select(Quote))}";

    private static string[] Common(ResticTarget target) => ["--json", .. Plain(target)];

    // Without --json restic says phases and figures where it has no progress in JSON.
    private static string[] Plain(ResticTarget target) =>
        ["--password-file=/dev/stdin",
            .. target.Options.SelectMany(option => (string[])["-o", ResticTarget.Record(option)])];

    private static string[] Flag(bool wanted, params string[] words) => wanted ? words : [];

    private static string Inside(string snapshotId, string path) => path == "/" ? snapshotId : $"{snapshotId}:{path}";

    private static string Quote(string word) =>
        word.Length > 0
            && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@,+%".Contains(c, StringComparison.Ordinal)) ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
