using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class CallCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "The operation, such as plans.list; rpc.discover lists all." };
        var parameters = new Argument<string?>("parameters") { Description = "JSON object; “-” reads it from standard input.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("call", "Calls an operation of the API by its name.") { name, parameters }.Remote(async (parsed, client, output, ct) =>
        {
            var text = parsed.GetValue(parameters);
            text = text == "-" ? await Console.In.ReadToEndAsync(ct) : text;
            try
            {
                output.Value(await client.CallAsync(parsed.GetValue(name)!, text is null ? null : JsonNode.Parse(text), ct));
                return Exit.Ok;
            }
            catch (JsonException e)
            {
                throw ProblemException.Invalid("The parameters cannot be read.", e.Message, "Give one JSON object in quotes.");
            }
        });
    }
}
