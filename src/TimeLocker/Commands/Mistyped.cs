using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

/// <summary>A line that is no command of ours: exit code 2, and with --json a problem like any other.</summary>
internal static partial class Mistyped
{
    public static Task<int> OrRunAsync(ParseResult parsed, string[] args) =>
        parsed.Action is ParseErrorAction ? SayAsync(parsed, args) : parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

    private static async Task<int> SayAsync(ParseResult parsed, string[] args)
    {
        var json = args.Contains(Shared.Json.Name);
        var value = parsed.Errors.Select(e => Value().Match(e.Message)).FirstOrDefault(m => m.Success);
        if (!json && value is null)
        {
            await parsed.InvokeAsync(); // says what is wrong, and shows the help
            return Exit.Usage;
        }

        var next = $"See “{Path(parsed.CommandResult.Command)} --help”.";
        return new Output(json).Fail(value is null
            ? ProblemException.Invalid("This is no command of TimeLocker.", string.Join(" ", parsed.Errors.Select(e => e.Message)), next)
            : ProblemException.Invalid($"“{value.Groups[1].Value}” cannot be used for {value.Groups[2].Value}.", $"It has to be {Unreadable.Kind(value.Groups[3].Value, null)}.", next));
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } above ? $"{Path(above)} {command.Name}" : "timelocker";

    [GeneratedRegex("Cannot parse argument '(.*)' for (?:option|command) '(.*)' as expected type '(.*)'")]
    private static partial Regex Value();
}
