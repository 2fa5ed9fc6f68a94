using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>How people are reached when something goes wrong.</summary>
internal static class ChannelsCommand
{
    private static readonly Core.Text See = Texts.SeeChannelsKinds;
    private static readonly Argument<string> Channel = new Argument<string>("channel") { Description = "Name or id of the channel." }.Offering("channels.list");

    private static readonly Option<string[]> Values = new("--set") { Description = "A field, field=value; may be repeated." };
    private static readonly Option<string[]> Secrets = new("--secret")
    {
        Description = "A field that is read from standard input, a line each in this order; may be repeated.",
    };
    private static readonly Option<string[]> Quiet = new("--quiet-hours")
    {
        Description = $"When only errors are sent at once, {Hours.Example}; may be repeated; \"\" for none.",
    };

    public static Command Build() =>
        new Command("channels", "Lists the notification channels; adds, changes, tests and removes one.")
        {
            Kinds(), Add(), Edit(), Test(), Remove(),
        }.Remote(ListAsync).Also("list");

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        return output.Table(await client.CallAsync("channels.list", null, ct),
            ("ID", c => c["id"]?.ToString()),
            ("Name", c => c["name"]?.ToString()),
            ("Kind", c => c["kind"]?.ToString()),
            ("State", c => (bool?)c["enabled"] == false ? "off" : c["trouble"]?["why"]?.ToString() ?? (c["lastSentAt"] is null ? "not proven yet" : "works")),
            (Names.When("Last sent"), c => Names.Time(c["lastSentAt"])));
    }

    private static Command Kinds() => new Command("kinds", "Lists the kinds of channels and their fields (* required, secret ones in brackets).").Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("channels.kinds", null, ct),
            ("Kind", k => k["kind"]?.ToString()),
            ("What", k => k["title"]?.ToString()),
            ("Fields", k => string.Join(", ",
                k["fields"]!.AsArray().OfType<JsonNode>().Select(f =>
                    (f["type"]?.ToString() == "secret" ? $"[{f["name"]}]" : f["name"]!.ToString())
                        + ((bool?)f["required"] == true ? "*" : ""))))));

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var kind = new Option<string>("--kind") { Description = "email, ntfy, webhook …; see “channels kinds”.", Required = true };
        var noTest = new Option<bool>("--no-test") { Description = "Save it without sending a test message first." };
        var noRules = new Option<bool>("--no-rules") { Description = "Make no rules for it." };
        return new Command("add", "Adds a channel, once it has taken a test message: for example add Phone --kind ntfy --secret topic")
        {
            name, kind, Values, Secrets, Quiet, noTest, noRules,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var hidden = await SecretsAsync(client, parsed.GetValue(kind)!, ct);
            var filled = await FilledAsync(parsed, hidden, ct);
            var wanted = new
            {
                name = parsed.GetValue(name),
                kind = parsed.GetValue(kind),
                values = filled,
                quietHours = (parsed.GetValue(Quiet) ?? []).Where(q => q.Length > 0).Select(Hours.Read),
                usualRules = parsed.GetValue(noRules) ? false : (bool?)null,
            };
            if (!parsed.GetValue(noTest))
            {
                await TestAsync(client, wanted, ct);
            }

            var answer = await client.CallAsync("channels.create", wanted, ct);
            var test = parsed.GetValue(noTest) ? "" : " It took a test message: look whether it arrived.";
            return output.Say(answer, $"Added “{answer!["name"]}” ({answer["id"]}).{test}");
        });
    }

    // Nothing is saved yet, so nothing is tried again: the server's next step is one of a message that waits.
    private static async Task TestAsync(RpcClient client, object wanted, CancellationToken ct)
    {
        try
        {
            await client.CallAsync("channels.test", wanted, ct);
        }
        catch (ProblemException e) when (e.Kind is not (ProblemKind.Invalid or ProblemKind.Unauthorized or ProblemKind.Forbidden))
        {
            throw new ProblemException(ProblemKind.Failed,
                e.Problem.With(what: Texts.ChannelNotAdded(e.Problem.What.Full),
                    next: Texts.FixAddAgainOr),
                e);
        }
    }

    private static Command Edit()
    {
        var name = new Option<string?>("--name") { Description = "Another name." };
        var on = Choice.Option<OnOff>("--enabled", "Whether anything is sent through it.");
        return new Command("edit", "Changes a channel. What you leave out stays as it is, including secrets.")
        {
            Channel, name, Values, Secrets, Quiet, on,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.ChannelAsync(client, parsed.GetValue(Channel)!, ct);
            var now = (await client.CallAsync("channels.get", new { id }, ct))!;
            var filled = await FilledAsync(parsed, await SecretsAsync(client, now["kind"]!.ToString(), ct), ct);
            var answer = await client.CallAsync("channels.update", new
            {
                id,
                name = parsed.GetValue(name),
                values = filled.Count == 0 ? null : filled,
                quietHours = parsed.GetValue(Quiet) is { Length: > 0 } quiet ? quiet.Where(q => q.Length > 0).Select(Hours.Read) : null,
                enabled = parsed.GetValue(on) is { } wanted ? wanted == OnOff.On : (bool?)null,
                revision = (int)now["revision"]!,
            }, ct);
            return output.Say(answer, $"Changed “{answer!["name"]}”.");
        });
    }

    private static Command Test() => new Command("test", "Sends a test message through a channel.") { Channel }.Remote(async (parsed, client, output, ct) =>
    {
        var answer = await client.CallAsync("channels.test-again", new { id = await Names.ChannelAsync(client, parsed.GetValue(Channel)!, ct) }, ct);
        return output.Say(answer, "The message was taken: look whether it arrived.");
    });

    private static Command Remove() => new Command("remove", "Removes a channel and its rules.") { Channel }.Remote(async (parsed, client, output, ct) =>
    {
        await client.CallAsync("channels.remove", new { id = await Names.ChannelAsync(client, parsed.GetValue(Channel)!, ct) }, ct);
        return output.Say(new { name = parsed.GetValue(Channel), removed = true }, "The channel is removed.");
    });

    private static async Task<Dictionary<string, string>> FilledAsync(ParseResult parsed, HashSet<string> hidden, CancellationToken ct)
    {
        var filled = (parsed.GetValue(Values) ?? []).Select(given => CommonArguments.Pair("--set", given, See)).ToDictionary();
        if (filled.Keys.FirstOrDefault(hidden.Contains) is { } open)
        {
            // Everybody on the machine can read the arguments of a program.
            throw ProblemException.Invalid(Problems.SecretOtherUsersMachine(open));
        }

        foreach (var field in parsed.GetValue(Secrets) ?? [])
        {
            filled[field] = (await CommandFrame.ReadSecretAsync($"{field}: ", ct)).Reveal();
        }

        return filled;
    }

    private static async Task<HashSet<string>> SecretsAsync(RpcClient client, string kind, CancellationToken ct)
    {
        var all = (await client.CallAsync("channels.kinds", null, ct))!["items"]!.AsArray().OfType<JsonNode>();
        return all.FirstOrDefault(k => k["kind"]!.ToString() == kind)?["fields"]!.AsArray().OfType<JsonNode>().Where(f => f["type"]?.ToString() == "secret").Select(f => f["name"]!.ToString()).ToHashSet()
            ?? throw ProblemException.Invalid(Texts.NoKindChannel(kind), Texts.KindTakesOneKinds, See);
    }
}
