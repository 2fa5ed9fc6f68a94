using System.CommandLine;
using Spectre.Console;
using TimeLocker.Core;
using TimeLocker.Server;

namespace TimeLocker.Commands;

/// <summary>The options that many commands have, and the frame in which each runs: problems become a message and an exit code.</summary>
internal static class Shared
{
    public static string DefaultData { get; } = Environment.GetEnvironmentVariable("TIMELOCKER_DATA")
        ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"), "timelocker", "state");

    public static readonly Option<string> Data = new("--data") { Description = "The state directory.", DefaultValueFactory = _ => DefaultData };
    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON for programs." };
    private static readonly Option<string?> Server = new("--server") { Description = "Address of a server, such as http://localhost:8484 (also TIMELOCKER_SERVER). Without it: the server of --data." };
    private static readonly Option<string?> Token = new("--token-file") { Description = "File with an API token (also TIMELOCKER_TOKEN). Without it: the right of the owner of --data." };

    public static ServerOptions Options(ParseResult parsed) => new() { Data = Path.GetFullPath(parsed.GetValue(Data)!) };

    /// <summary>A command that works on the state directory itself.</summary>
    public static Command Local(this Command command, Func<ParseResult, Output, CancellationToken, Task<int>> work)
    {
        command.Add(Data);
        command.Add(Json);
        return command.Run(work);
    }

    /// <summary>A command that asks a running server.</summary>
    public static Command Remote(this Command command, Func<ParseResult, RpcClient, Output, CancellationToken, Task<int>> work)
    {
        command.Add(Server);
        command.Add(Token);
        return command.Local(async (parsed, output, ct) =>
        {
            var file = parsed.GetValue(Token);
            var token = file is null ? Environment.GetEnvironmentVariable("TIMELOCKER_TOKEN") : (await File.ReadAllTextAsync(file, ct)).Trim();
            using var client = RpcClient.Open(Options(parsed).Data, parsed.GetValue(Server) ?? Environment.GetEnvironmentVariable("TIMELOCKER_SERVER"), token);
            return await work(parsed, client, output, ct);
        });
    }

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
                return output.Fail(new ProblemException(ProblemKind.Failed, new Problem("A file cannot be used.", fault.Message, "Check its path and its owner."), fault));
            }
            catch (OperationCanceledException)
            {
                return Exit.Cancelled;
            }
        });
        return command;
    }

    /// <summary>A secret from standard input, so that it is in no argument list. One line; asked for without echo on a terminal.</summary>
    public static async Task<Core.Secrets.Secret> ReadSecretAsync(string prompt, CancellationToken ct)
    {
        if (Console.IsInputRedirected)
        {
            return new(await Console.In.ReadLineAsync(ct) ?? "");
        }

        return new(await new TextPrompt<string>(prompt).Secret().ShowAsync(AnsiConsole.Console, ct));
    }
}
