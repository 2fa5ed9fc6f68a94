using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

internal static class CallCommand
{
    private const string Example = "'{\"id\": \"…\"}'";

    public static Command Build()
    {
        var name = new Argument<string>("name") { HelpName = "name", Help = Texts.NameOfOperation };
        name.CompletionSources.Add(_ => BuiltIns.Operations().All.Where(o => !o.Streams).Select(o => o.Name));
        var parameters = new Argument<string?>("parameters") { Help = Texts.ParametersAsJson, Arity = ArgumentArity.ZeroOrOne };
        return new TextCommand("call", Texts.CallsOperationOfApi) { name, parameters }.Remote(async (parsed, client, output, ct) =>
        {
            var text = parsed.GetValue(parameters);
            output.Value(await client.CallAsync(parsed.GetValue(name)!,
                Read(text == "-" ? await Console.In.ReadToEndAsync(ct) : text), ct));
            return Exit.Ok;
        });
    }

    private static JsonObject? Read(string? given)
    {
        try
        {
            return given is null
                ? null
                : JsonNode.Parse(given) as JsonObject
                    ?? throw ProblemException.Invalid(Problems.ParametersCannotReadThey(Example));
        }
        catch (JsonException e)
        {
            throw new ProblemException(ProblemKind.Invalid,
                Problems.ParametersCannotReadTheyGive(TextArgument.Of(e.LineNumber + 1),
                    TextArgument.Of(e.BytePositionInLine + 1), Example),
                e);
        }
    }
}
