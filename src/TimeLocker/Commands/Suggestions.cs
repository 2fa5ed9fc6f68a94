using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace TimeLocker.Commands;

/// <summary>
/// What could stand at a place of a command line, for shells: options only once a dash is typed, and no second names of
/// the help.
/// </summary>
internal sealed class Suggestions(RootCommand root) : SynchronousCommandLineAction
{
    private static readonly string[] HelpToo = ["-h", "-?", "/h", "/?"];

    public override int Invoke(ParseResult parsed)
    {
        var line = parsed.Tokens.LastOrDefault(t => t.Type != TokenType.Directive)?.Value ?? "";
        var dashed = line.EndsWith(" -", StringComparison.Ordinal);
        foreach (var item in root.Parse(line).GetCompletions(line.Length)
            .Select(c => c.Label)
            .Distinct()
            .Where(c => !HelpToo.Contains(c) && c.StartsWith('-') == dashed))
        {
            parsed.InvocationConfiguration.Output.WriteLine(item);
        }

        return Exit.Ok;
    }
}
