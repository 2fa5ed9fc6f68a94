using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>How people are reached when something goes wrong.</summary>
internal static class ChannelsCommand
{
    private const string See = "See “channels kinds”.";
    private static readonly Argument<string> Given = new("channel") { Description = "Name or id." };

    public static Command Build() =>
        new Command("channels", "Lists the ways in which people are told of trouble.") { Kinds(), Add(), Test(), Remove() }.Remote(ListAsync);

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        output.Table(await client.CallAsync("channels.list", null, ct),
            ("ID", c => c["id"]?.ToString()),
            ("Name", c => c["name"]?.ToString()),
            ("Kind", c => c["kind"]?.ToString()),
            ("State", c => (bool?)c["enabled"] == false ? "off" : c["trouble"]?["why"]?.ToString() ?? (c["lastSentAt"] is null ? "not proven yet" : "works")),
            ("Last sent", c => Names.Time(c["lastSentAt"])));
        return Exit.Ok;
    }

    private static Command Kinds() => new Command("kinds", "Lists the kinds of channels and their fields (* required, secret ones in brackets).").Remote(async (_, client, output, ct) =>
    {
        output.Table(await client.CallAsync("channels.kinds", null, ct),
            ("Kind", k => k["kind"]?.ToString()),
            ("What", k => k["title"]?.ToString()),
            ("Fields", k => string.Join(", ", k["fields"]!.AsArray().OfType<JsonNode>().Select(f => (f["type"]?.ToString() == "secret" ? $"[{f["name"]}]" : f["name"]!.ToString()) + ((bool?)f["required"] == true ? "*" : "")))));
        return Exit.Ok;
    });

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var kind = new Option<string>("--kind") { Description = "email, ntfy, webhook …; see “channels kinds”.", Required = true };
        var values = new Option<string[]>("--set") { Description = "A field, field=value; may be repeated." };
        var secrets = new Option<string[]>("--secret") { Description = "A field that is read from standard input, a line each in this order; may be repeated." };
        var noTest = new Option<bool>("--no-test") { Description = "Save it without sending a test message first." };
        var noRules = new Option<bool>("--no-rules") { Description = "Make no rules for it." };
        return new Command("add", "Adds a channel, once it has taken a test message: for example add Phone --kind ntfy --secret topic") { name, kind, values, secrets, noTest, noRules }.Remote(async (parsed, client, output, ct) =>
        {
            var hidden = await SecretsAsync(client, parsed.GetValue(kind)!, ct);
            var filled = (parsed.GetValue(values) ?? []).Select(Pair).ToDictionary();
            if (filled.Keys.FirstOrDefault(hidden.Contains) is { } open)
            {
                // Everybody on the machine can read the arguments of a program.
                throw ProblemException.Invalid($"“{open}” is a secret.", "What stands in a command line can be read by others on this machine.", $"Use --secret {open} and give it on standard input.");
            }

            foreach (var field in parsed.GetValue(secrets) ?? [])
            {
                filled[field] = (await Shared.ReadSecretAsync($"{field}: ", ct)).Reveal();
            }

            var wanted = new { name = parsed.GetValue(name), kind = parsed.GetValue(kind), values = filled, usualRules = parsed.GetValue(noRules) ? false : (bool?)null };
            if (!parsed.GetValue(noTest))
            {
                await client.CallAsync("channels.test", wanted, ct);
            }

            var answer = await client.CallAsync("channels.create", wanted, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line($"Added “{answer!["name"]}” ({answer["id"]}).{(parsed.GetValue(noTest) ? "" : " It took a test message: look whether it arrived.")}");
            return Exit.Ok;
        });
    }

    private static Command Test() => new Command("test", "Sends a test message through a channel.") { Given }.Remote(async (parsed, client, output, ct) =>
    {
        var answer = await client.CallAsync("channels.test-again", new { id = await Names.ChannelAsync(client, parsed.GetValue(Given)!, ct) }, ct);
        if (output.Json)
        {
            output.Value(answer);
        }

        output.Line("The message was taken: look whether it arrived.");
        return Exit.Ok;
    });

    private static Command Remove() => new Command("remove", "Removes a channel and its rules.") { Given }.Remote(async (parsed, client, output, ct) =>
    {
        await client.CallAsync("channels.remove", new { id = await Names.ChannelAsync(client, parsed.GetValue(Given)!, ct) }, ct);
        output.Line("The channel is removed.");
        return Exit.Ok;
    });

    private static async Task<HashSet<string>> SecretsAsync(RpcClient client, string kind, CancellationToken ct)
    {
        var all = (await client.CallAsync("channels.kinds", null, ct))!["items"]!.AsArray().OfType<JsonNode>();
        return all.FirstOrDefault(k => k["kind"]!.ToString() == kind)?["fields"]!.AsArray().OfType<JsonNode>().Where(f => f["type"]?.ToString() == "secret").Select(f => f["name"]!.ToString()).ToHashSet()
            ?? throw ProblemException.Invalid($"There is no kind of channel “{kind}”.", "--kind takes one of the kinds that this server knows.", See);
    }

    private static KeyValuePair<string, string> Pair(string given) => given.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? new(given[..at], given[(at + 1)..])
        : throw ProblemException.Invalid($"“{given}” is not field=value.", "--set takes the name of a field, “=”, and its value.", See);
}
