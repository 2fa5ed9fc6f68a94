using System.Text.RegularExpressions;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Agent.Runs.Jobs;

/// <summary>The end of a backup of what a program prints, from restic's own words about it.</summary>
internal static partial class CommandOutput
{
    private const string Prefix = ResticErrors.ProgramPrefix;

    public static string Word(string line, CommandSource command) => line.StartsWith(Prefix, StringComparison.Ordinal) ? $"{command.File}: {line[Prefix.Length..]}" : line;

    /// <summary>Null: the program did what it should.</summary>
    public static Problem? Fault(CommandSource command, ResticResult heard)
    {
        var said = heard.Errors.Said.All;
        var last = said.LastOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal))?[Prefix.Length..] is { Length: > 0 } word
            ? Sentence.Of($" It said: “{(word.Length > 300 ? word[..300] + "…" : word).AsForeign()}”.") : Sentence.Of($"");
        if (said.Select(line => Ended().Match(line)).FirstOrDefault(match => match.Success) is { } ended)
        {
            return new Problem($"The program “{command.File}” failed, so nothing was saved.", $"It ended with {ended.Groups[1].Value.Trim().Replace("exit status", "exit code", StringComparison.Ordinal)}.{last}", "No snapshot was made. The run's log has all that it said; when the cause is gone, run it again.");
        }

        return heard.Exit is ResticExit.Ok or ResticExit.Partly && heard.Summary is { } summary && summary.Number("total_bytes_processed") == 0
            ? new Problem($"The program “{command.File}” printed nothing.", $"It ended without a fault, but there was nothing to save; restic made an empty snapshot.{last}", "Look at the program. The snapshots before this one are untouched: restore from them.")
            : null;
    }

    [GeneratedRegex(@"command failed: ([^\n]{1,100})")]
    private static partial Regex Ended();
}
