using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

internal static class RepositoriesCommand
{
    public static Command Build()
    {
        var group = new Command("repositories",
            "Lists the repositories; adds, changes, tests and removes one; checks, prunes, repairs and copies them;"
                + " keys, password and recovery kit of one.").Remote(ListAsync);
        foreach (var more in (Command[])
        [
            AddRepositoryCommand.Build(), Show(), Edit(), Rename(), Remove(), Test(),
            HostKeys(), KeyPair(), SshKey(), Backends(), ReachCommand.Build(), .. MaintenanceCommands.All, .. RepositorySecrets.Build(),
        ])
        {
            group.Add(more);
        }

        return group.Also("list");
    }

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct) =>
        output.Table(await client.CallAsync("repositories.list", null, ct),
        ("ID", r => r["id"]?.ToString()),
        ("Name", r => r["name"]?.ToString()),
        ("Backend", r => r["backend"]?.ToString()),
        ("Snapshots", r => r["snapshotCount"]?.ToString()),
        (Names.When("Newest"), r => Names.Time(r["newestSnapshotAt"])),
        ("Recovery kit", r => r["recoveryConfirmedAt"] is null ? "not proven" : "proven"));

    private static Command Show() => new Command("show", "Prints a repository with all its settings; its secrets are not among them.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        output.Value(await client.CallAsync("repositories.get", new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct));
        return Exit.Ok;
    });

    private static Command Edit()
    {
        var (name, region) = (
            new Option<string?>("--name") { Description = "Another name." },
            new Option<string?>("--region") { Description = "Where the storage is, in your own words." });
        return new Command("edit", "Changes a repository's name, region, limits or connection. What you leave out stays as it is.")
        {
            CommonArguments.Repository, name, region,
        }.WithFields().With(ResourceSettings.All).Remote(async (parsed, client, output, ct) =>
        {
            var id = await CommonArguments.RepositoryAsync(parsed, client, ct);
            var now = (await client.CallAsync("repositories.get", new { id }, ct))!;
            var before = now["resources"].Deserialize<ResourceRules>(ApiJson.Options) ?? ResourceRules.None;
            var values = await BackendFields.OpenAsync(parsed, await BackendFields.OfAsync(client, now["backend"]!.ToString(), ct), ct);
            await BackendFields.SecretsAsync(parsed, values, ct);
            var answer = await client.CallAsync("repositories.update", new
            {
                id,
                name = parsed.GetValue(name),
                region = parsed.GetValue(region),
                resources = ResourceSettings.All.Read(parsed, before),
                values = values.Count == 0 ? null : values,
                revision = (int)now["revision"]!,
            }, ct);
            return output.Say(answer, $"Changed “{answer!["name"]}”.");
        });
    }

    private static Command Rename()
    {
        var to = new Argument<string>("name") { Description = "Its new name." };
        return new Command("rename", "Gives a repository another name.") { CommonArguments.Repository, to }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("repositories.rename",
                new { id = await CommonArguments.RepositoryAsync(parsed, client, ct), name = parsed.GetValue(to) },
                ct);
            return output.Say(answer, $"It is called “{answer!["name"]}” now.");
        });
    }

    private static Command Remove() => new Command("remove", "Makes TimeLocker forget a repository; the repository itself stays as it is.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var id = await CommonArguments.RepositoryAsync(parsed, client, ct);
        await client.CallAsync("repositories.remove", new { id }, ct);
        return output.Say(new { id, removed = true }, "TimeLocker no longer knows it. What is saved in it is still there, and opens with its password.");
    });

    private static Command Test() => new Command("test", "Tests the connection to a repository without changing anything in it.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
        SayFacts(await client.CallAsync("repositories.test-again", new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct), output));

    /// <summary>What was found at a place, as an exit code, too.</summary>
    internal static int SayFacts(JsonNode? facts, Output output) => facts!["problem"]?.Deserialize<Problem>(ApiJson.Options) is { } problem
        ? output.Fail(new ProblemException(ProblemKind.Failed, problem))
        : output.Say(facts, $"It is there and opens with its password.{((bool?)facts["appendOnly"] == true ? " Its server lets nothing be removed." : "")}");

    private static Command KeyPair() => new Command("key-pair",
        "Makes an SSH key pair: its public key goes to the server, “generated:ID” is the value of privateKey.")
        .Remote(async (_, client, output, ct) =>
        {
            var pair = await client.CallAsync("backends.key-pair", null, ct);
            return output.Say(pair, $"privateKey=generated:{pair!["id"]}", $"{pair["publicKey"]}");
        });

    private static Command SshKey() => new Command("ssh-key", "Prints the public key with which an SFTP repository is reached.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var key = await client.CallAsync("repositories.ssh-key", new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct);
        return output.Say(key, $"{key!["publicKey"]}");
    });

    private static Command Backends() => new Command("backends", "Lists the kinds of places and their fields.").Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("backends.list", null, ct),
            ("Kind", b => b["kind"]?.ToString()),
            ("Title", b => b["title"]?.ToString()),
            ("Available", b => b["whyNot"]?.ToString() ?? "yes"),
            ("Fields (for --set)", b => string.Join(", ", b["fields"]!.AsArray().Select(f => $"{f!["name"]}{((bool)f["required"]! ? "*" : "")}")))));

    private static Command HostKeys()
    {
        var host = new Argument<string>("host") { Description = "The server." };
        var port = new Option<int>("--port") { Description = "Its port.", DefaultValueFactory = _ => 22 };
        return new Command("host-keys", "Shows the keys of an SSH server: compare the fingerprint, then give the key as hostKey.")
        {
            host, port,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var keys = await client.CallAsync("backends.host-keys", new { host = parsed.GetValue(host), port = parsed.GetValue(port) }, ct);
            return output.Say(keys, [.. keys!["items"]!.AsArray().Select(k => $"{k!["fingerprint"]}\nhostKey={k["key"]}")]);
        });
    }
}
