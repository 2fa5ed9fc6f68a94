using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class AddRepositoryCommand
{
    private const string See = "See “repositories backends”.";

    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var backend = new Option<string>("--backend") { Description = "The kind of place; see “repositories backends”.", DefaultValueFactory = _ => "local" };
        var values = new Option<string[]>("--set") { Description = "A field of the backend, field=value; may be repeated." };
        var files = new Option<string[]>("--set-file") { Description = "A field whose value is in a file (a private key, a certificate), field=PATH; may be repeated." };
        var secrets = new Option<string[]>("--secret") { Description = "A field that is read from standard input, a line each in this order, after the repository's password; may be repeated." };
        var create = new Option<bool>("--create") { Description = "Make a new one. Without it: adopt the one that is there." };
        var password = new Option<bool>("--password-stdin") { Description = "Read the repository's password from standard input. Without it a new one is generated." };
        var copyOf = new Option<string?>("--copy-of") { Description = "Make it a further copy of this repository (name or id); with --create." };
        var region = new Option<string>("--region") { Description = "Where it stands, in your words.", DefaultValueFactory = _ => "" };
        var command = new Command("add", "Adds a repository: for example add NAS --set path=/mnt/nas/restic --create") { name, backend, values, files, secrets, create, copyOf, password, region };
        return command.Remote(async (parsed, client, output, ct) =>
        {
            var (kind, creates) = (parsed.GetValue(backend)!, parsed.GetValue(create));
            var fields = await FieldsAsync(client, kind, ct);
            var filled = (parsed.GetValue(values) ?? []).Select(given => Open(Pair("--set", given), fields)).ToDictionary();
            foreach (var (field, path) in (parsed.GetValue(files) ?? []).Select(given => Pair("--set-file", given)))
            {
                filled[field] = await File.ReadAllTextAsync(path, ct);
            }

            var own = parsed.GetValue(password) || !creates ? (await Shared.ReadSecretAsync("Repository password: ", ct)).Reveal() : null;
            foreach (var field in parsed.GetValue(secrets) ?? [])
            {
                filled[field] = (await Shared.ReadSecretAsync($"{field}: ", ct)).Reveal();
            }

            var answer = await client.CallAsync("repositories.add", new { name = parsed.GetValue(name), backend = kind, values = filled, create = creates, password = own, region = parsed.GetValue(region), copyOf = parsed.GetValue(copyOf) is { } source ? await Names.RepositoryAsync(client, source, ct) : null }, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line($"Added “{answer!["name"]}” ({answer["id"]}).");
            output.Line("Its recovery kit is not proven yet: keep what “repositories kit” prints in a safe place, then type the password from it into “repositories kit-test”.");
            return Exit.Ok;
        });
    }

    private static async Task<Dictionary<string, JsonNode>> FieldsAsync(RpcClient client, string kind, CancellationToken ct)
    {
        var all = (await client.CallAsync("backends.list", null, ct))!["items"]!.AsArray().OfType<JsonNode>();
        return all.FirstOrDefault(b => b["kind"]!.ToString() == kind)?["fields"]!.AsArray().OfType<JsonNode>().ToDictionary(f => f["name"]!.ToString())
            ?? throw ProblemException.Invalid($"There is no backend “{kind}”.", "--backend takes one of the kinds that this server knows.", See);
    }

    // Everybody on the machine can read the arguments of a program; only the name of a key pair may stand there.
    private static KeyValuePair<string, string> Open(KeyValuePair<string, string> given, Dictionary<string, JsonNode> fields) =>
        fields.GetValueOrDefault(given.Key)?["type"]?.ToString() == "secret" && !given.Value.StartsWith("generated:", StringComparison.Ordinal)
            ? throw ProblemException.Invalid($"“{given.Key}” is a secret.", "What stands in a command line can be read by others on this machine.", $"Use --secret {given.Key} and give it on standard input, or --set-file {given.Key}=PATH.")
            : given;

    private static KeyValuePair<string, string> Pair(string option, string given) => given.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? new(given[..at], given[(at + 1)..])
        : throw ProblemException.Invalid($"“{given}” is not field=value.", $"{option} takes the name of a field, “=”, and its value.", See);
}
