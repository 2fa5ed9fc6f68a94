using System.CommandLine;
using Spectre.Console;
using TimeLocker.Core;
using TimeLocker.Server;

namespace TimeLocker.Commands;

/// <summary>
/// The options that every command has, and the frame in which each runs: problems become a message and an exit code.
/// </summary>
internal static class CommandFrame
{
    public static string DefaultData { get; } = Environment.GetEnvironmentVariable("TIMELOCKER_DATA")
        ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"),
            "timelocker", "state");

    public static readonly Option<string> Data =
        new("--data") { Help = Texts.StateDirectory, DefaultValueFactory = _ => DefaultData };
    public static readonly Option<bool> Json = new("--json") { Help = Texts.PrintJsonForPrograms };
    public static readonly Option<string?> Server = new("--server")
    {
        Help = Texts.AddressOfServer,
    };
    private static readonly Option<string?> Token = new("--token-file") { Help = Texts.TokenFile };

    /// <summary>Understood before and after every command.</summary>
    public static IReadOnlyList<Option> Global { get; } = [.. ((Option[])[Data, Server, Token, Json]).Select(Everywhere)];

    public static ServerOptions Options(ParseResult parsed) => new() { Data = Path.GetFullPath(parsed.GetValue(Data)!) };

    /// <summary>A command that works on the state directory itself.</summary>
    /// <param name="operations">What it does is what these operations of the API do.</param>
    public static Command Local(
        this Command command, Func<ParseResult, Output, CancellationToken, Task<int>> work, params string[] operations) =>
        command.Run((parsed, output, ct) =>
            parsed.GetResult(Server) is null && parsed.GetResult(Token) is null
                ? work(parsed, output, ct)
                : throw ProblemException.Invalid(Texts.CommandAsksNoServer,
                    Texts.WorksStateDirectoryItself,
                    operations is [var same, ..]
                        ? Texts.LeaveThemOutOr(same)
                        : Texts.LeaveThemOut));

    /// <summary>A command that asks a running server.</summary>
    public static Command Remote(
        this Command command, Func<ParseResult, RpcClient, Output, CancellationToken, Task<int>> work) =>
        command.Run(async (parsed, output, ct) =>
        {
            var file = parsed.GetValue(Token);
            var token = file is null
                ? Environment.GetEnvironmentVariable("TIMELOCKER_TOKEN")
                : (await File.ReadAllTextAsync(file, ct)).Trim();
            var server = parsed.GetValue(Server) ?? Environment.GetEnvironmentVariable("TIMELOCKER_SERVER");
            using var client = RpcClient.Open(Options(parsed).Data, server, token);
            return await work(parsed, client, output, ct);
        });

    public static Command Run(this Command command, Func<ParseResult, Output, CancellationToken, Task<int>> work)
    {
        command.SetAction(async (parsed, ct) =>
        {
            var output = new Output(parsed.GetValue(Json));
            try
            {
                return await work(parsed, output, ct);
            }
            catch (ProblemException problem)
            {
                return output.Fail(problem);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return output.Fail(new ProblemException(ProblemKind.Failed,
                    new Problem(Texts.FileCannotUsed, Text.Verbatim(fault.Message), Texts.CheckPathOwner), fault));
            }
            catch (OperationCanceledException)
            {
                return Exit.Cancelled;
            }
        });
        return command;
    }

    /// <summary>What a group of commands does by itself has a name, too: <c>plans</c> is <c>plans list</c>.</summary>
    public static Command Also(this Command group, string name, Text help)
    {
        var same = new TextCommand(name, help) { Action = group.Action };
        foreach (var argument in group.Arguments)
        {
            same.Add(argument);
        }

        foreach (var option in group.Options)
        {
            same.Add(option);
        }

        group.Add(same);
        return group;
    }

    /// <summary>
    /// A secret from standard input, so that it is in no argument list. One line; asked for without echo on a terminal.
    /// </summary>
    public static async Task<Core.Secret> ReadSecretAsync(Text prompt, CancellationToken ct)
    {
        if (Console.IsInputRedirected)
        {
            return new(await Console.In.ReadLineAsync(ct) ?? "");
        }

        return new(await new TextPrompt<string>($"{prompt} ").Secret().ShowAsync(AnsiConsole.Console, ct));
    }

    private static Option Everywhere(Option option)
    {
        option.Recursive = true;
        return option;
    }
}
