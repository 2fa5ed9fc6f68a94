using System.Diagnostics;
using System.IO.Enumeration;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether the sources suddenly hold less than half of the files that they held: a disk is not mounted, or something deletes. Names are counted, nothing
/// is opened or weighed, and only up to the half. What the plan leaves out is counted too, so it can be blind, but does not cry wolf.
/// </summary>
internal sealed class ShrunkenCheck : ICheck
{
    /// <summary>A slow share is given the benefit of the doubt.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    public string Name => RunCheck.Shrunken;

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { ExpectedFiles: > 1, Mode: not BackupMode.DryRun, Command: null } spec)
        {
            return Finding.Nothing;
        }

        var half = (spec.ExpectedFiles + 1) / 2;
        var since = Stopwatch.GetTimestamp();
        var counted = 0L;
        foreach (var isFile in run.Present.SelectMany(Files))
        {
            counted += isFile ? 1 : 0;
            if (counted >= half)
            {
                return new Finding($"The sources hold at least half of the {spec.ExpectedFiles} files of the last snapshot.");
            }

            if (counted % 256 == 0 && Stopwatch.GetElapsedTime(since) > Patience)
            {
                return Finding.Warning($"Counting the files takes too long: {counted} were seen, the last snapshot has {spec.ExpectedFiles}.");
            }
        }

        throw new ProblemException(ProblemKind.Conflict, "Most of the files are gone.",
            $"The last snapshot has {spec.ExpectedFiles} files; now there {(counted == 1 ? "is" : "are")} {counted} in {string.Join(", ", run.Present)}.",
            "Look whether a disk is not mounted or files were lost. If it is as you want it, choose “Run anyway” (or: timelocker backup PLAN --even-if-shrunk).");
    }

    private static IEnumerable<bool> Files(string source) => Directory.Exists(source)
        ? new FileSystemEnumerable<bool>(source, (ref FileSystemEntry entry) => !entry.IsDirectory, Everything) { ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0 }
        : [true];
}
