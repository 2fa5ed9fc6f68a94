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

    public static string Word(string line, CommandSource command) =>
        line.StartsWith(Prefix, StringComparison.Ordinal) ? $"{command.File}: {line[Prefix.Length..]}" : line;

    /// <summary>Null: the program did what it should.</summary>
    public static Problem? Fault(CommandSource command, ResticResult heard)
    {
        var said = heard.Errors.Said.All;
        var last = said.LastOrDefault(line => line.StartsWith(Prefix,
            StringComparison.Ordinal))?[Prefix.Length..] is { Length: > 0 } word
            ? Texts.Said((word.Length > 300 ? word[..300] + "…" : word).AsForeign()) : Text.Empty;
        if (said.Select(line => Ended().Match(line)).FirstOrDefault(match => match.Success) is { } ended)
        {
            return Problems.ProgramFailedNothingSaved(command.File,
                ended.Groups[1].Value.Trim().Replace("exit status", "exit code", StringComparison.Ordinal), last);
        }

        return heard.Exit is ResticExit.Ok or ResticExit.Partly && heard.Summary is { } summary
            && summary.Number("total_bytes_processed") == 0
            ? Problems.ProgramPrintedNothingEnded(command.File, last)
            : null;
    }

    [GeneratedRegex(@"command failed: ([^\n]{1,100})")]
    private static partial Regex Ended();
}
