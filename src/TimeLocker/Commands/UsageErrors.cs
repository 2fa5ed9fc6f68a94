using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>
/// A command line that cannot be understood: said in the shape of every other problem, on stderr, with exit code 2.
/// </summary>
internal static partial class UsageErrors
{
    public static int Explain(ParseResult parsed, IReadOnlyList<string> args) =>
        new Output(args.Contains("--json")).Fail(ProblemException.Invalid(
        Texts.CommandCannotUnderstood, Text.Verbatim(string.Join(" ", parsed.Errors.Select(e => Plain(e.Message)))),
        Texts.SeeHelp(Called(parsed.CommandResult))));

    // The parser names its types, which nobody outside knows.
    private static string Plain(string message) => Spaces().Replace(TypeName().Replace(message, ""), " ").Trim();

    private static string Called(CommandResult called) =>
        called.Parent is CommandResult above ? $"{Called(above)} {called.Command.Name}" : "timelocker";

    [GeneratedRegex(@" as expected type '[^']*'")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
