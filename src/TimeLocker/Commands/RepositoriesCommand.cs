using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

internal static class RepositoriesCommand
{
    public static Command Build()
    {
        var command = List();
        foreach (var more in (Command[])[.. CareCommands.All, .. RepositorySecrets.Build()])
        {
            command.Add(more);
        }

        return command;
    }

    private static Command List() => new Command("repositories", "Lists the repositories; adds and tests one; checks, prunes, repairs and copies them; keys, password and recovery kit of one.")
    {
        AddRepositoryCommand.Build(),
        Test(),
        HostKeys(),
        new Command("key-pair", "Makes an SSH key pair: its public key goes to the server, “generated:ID” is the value of privateKey.").Remote(async (_, client, output, ct) =>
        {
            var pair = await client.CallAsync("backends.key-pair", null, ct);
            Say(output, pair, $"privateKey=generated:{pair!["id"]}", $"{pair["publicKey"]}");
            return Exit.Ok;
        }),
        new Command("backends", "Lists the kinds of places and their fields.").Remote(async (_, client, output, ct) =>
        {
            output.Table(await client.CallAsync("backends.list", null, ct),
                ("Kind", b => b["kind"]?.ToString()),
                ("Title", b => b["title"]?.ToString()),
                ("Available", b => b["whyNot"]?.ToString() ?? "yes"),
                ("Fields (for --set)", b => string.Join(", ", b["fields"]!.AsArray().Select(f => $"{f!["name"]}{((bool)f["required"]! ? "*" : "")}"))));
            return Exit.Ok;
        }),
    }.Remote(async (_, client, output, ct) =>
    {
        output.Table(await client.CallAsync("repositories.list", null, ct),
            ("ID", r => r["id"]?.ToString()),
            ("Name", r => r["name"]?.ToString()),
            ("Backend", r => r["backend"]?.ToString()),
            ("Snapshots", r => r["snapshotCount"]?.ToString()),
            ("Newest", r => Names.Time(r["newestSnapshotAt"])),
            ("Recovery kit", r => r["recoveryConfirmedAt"] is null ? "not proven" : "proven"));
        return Exit.Ok;
    });

    private static Command Test()
    {
        var name = new Argument<string>("name") { Description = "Name or id of a repository." };
        return new Command("test", "Reaches a repository without changing anything in it.") { name }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var facts = await client.CallAsync("repositories.test-again", new { id }, ct);
            if (facts!["problem"]?.Deserialize<Problem>(ApiJson.Options) is { } problem)
            {
                return output.Fail(new ProblemException(ProblemKind.Failed, problem));
            }

            Say(output, facts, $"It is there and opens with its password.{((bool)facts["appendOnly"]! ? " Its server lets nothing be removed." : "")}");
            return Exit.Ok;
        });
    }

    private static Command HostKeys()
    {
        var host = new Argument<string>("host") { Description = "The server." };
        var port = new Option<int>("--port") { Description = "Its port.", DefaultValueFactory = _ => 22 };
        return new Command("host-keys", "Shows the keys of an SSH server: compare the fingerprint, then give the key as hostKey.") { host, port }.Remote(async (parsed, client, output, ct) =>
        {
            var keys = await client.CallAsync("backends.host-keys", new { host = parsed.GetValue(host), port = parsed.GetValue(port) }, ct);
            Say(output, keys, [.. keys!["items"]!.AsArray().Select(k => $"{k!["fingerprint"]}\nhostKey={k["key"]}")]);
            return Exit.Ok;
        });
    }

    // Lines, not a table: they are copied, and a table breaks what is long.
    private static void Say(Output output, JsonNode? answer, params ReadOnlySpan<string> lines)
    {
        if (output.Json)
        {
            output.Value(answer);
        }

        foreach (var line in lines)
        {
            output.Line(line);
        }
    }
}
