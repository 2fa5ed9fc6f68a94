using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>The fields of a kind of place as options. What is secret comes from standard input or from a file.</summary>
internal static class BackendFields
{
    private static readonly Core.Text See = Texts.SeeRepositoriesBackends;

    private static readonly Option<string[]> Values = new("--set") { Help = Texts.FieldsOfBackend };
    private static readonly Option<string[]> Files = new("--set-file")
    {
        Help = Texts.FieldsInFiles,
    };
    private static readonly Option<string[]> Secrets = new("--secret")
    {
        Help = Texts.SecretFieldsOfBackend,
    };

    public static Command WithFields(this Command command)
    {
        command.Add(Values);
        command.Add(Files);
        command.Add(Secrets);
        return command;
    }

    public static async Task<Dictionary<string, JsonNode>> OfAsync(RpcClient client, string kind, CancellationToken ct)
    {
        var all = (await client.CallAsync("backends.list", null, ct))!["items"]!.AsArray().OfType<JsonNode>();
        return all.FirstOrDefault(b => b["kind"]!.ToString() == kind)?["fields"]!.AsArray().OfType<JsonNode>()
            .ToDictionary(f => f["name"]!.ToString())
            ?? throw ProblemException.Invalid(Texts.NoBackend(kind), Texts.BackendTakesOneKinds, See);
    }

    /// <summary>Those that stand in the command line or in files.</summary>
    public static async Task<Dictionary<string, string>> OpenAsync(ParseResult parsed,
        Dictionary<string, JsonNode> fields, CancellationToken ct)
    {
        var filled = (parsed.GetValue(Values)
            ?? []).Select(given => Open(CommonArguments.Pair("--set", given, See), fields)).ToDictionary();
        foreach (var (field,
            path) in (parsed.GetValue(Files) ?? []).Select(given => CommonArguments.Pair("--set-file", given, See)))
        {
            filled[field] = await File.ReadAllTextAsync(path, ct);
        }

        return filled;
    }

    public static async Task SecretsAsync(ParseResult parsed, Dictionary<string, string> filled, CancellationToken ct)
    {
        foreach (var field in parsed.GetValue(Secrets) ?? [])
        {
            filled[field] = (await CommandFrame.ReadSecretAsync(Texts.AsksForField(field), ct)).Reveal();
        }
    }

    // Everybody on the machine can read the arguments of a program; only the name of a key pair may stand there.
    private static KeyValuePair<string, string> Open(KeyValuePair<string, string> given, Dictionary<string, JsonNode> fields) =>
        fields.GetValueOrDefault(given.Key)?["type"]?.ToString() == "secret"
            && !given.Value.StartsWith("generated:", StringComparison.Ordinal)
            ? throw ProblemException.Invalid(Problems.SecretOtherUsersMachineUse(given.Key))
            : given;
}
