using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>How people are reached when something goes wrong.</summary>
internal static class ChannelsCommand
{
    private static readonly Core.Text See = Texts.SeeChannelsKinds;
    private static readonly Argument<string> Channel =
        new Argument<string>("channel") { Help = Texts.NameOrIdOfChannel }.Offering("channels.list");

    private static readonly Option<string[]> Values = new("--set") { Help = Texts.FieldsOfChannel };
    private static readonly Option<string[]> Secrets = new("--secret")
    {
        Help = Texts.SecretFieldsOfChannel,
    };
    private static readonly Option<string[]> Quiet = new("--quiet-hours")
    {
        Help = Texts.QuietHours(Texts.HoursExample),
    };

    public static Command Build() =>
        new TextCommand("channels", Texts.AboutChannels)
        {
            Kinds(), Add(), Edit(), Test(), Remove(),
        }.Remote(ListAsync).Also("list", Texts.ListsNotificationChannels);

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        return output.Table(await client.CallAsync("channels.list", null, ct),
            (Texts.ColumnId, c => c["id"]?.ToString()),
            (Texts.ColumnName, c => c["name"]?.ToString()),
            (Texts.ColumnKind, c => c["kind"]?.ToString()),
            (Texts.ColumnState, c => (bool?)c["enabled"] == false ? Texts.Off
                : c["trouble"]?["why"]?.ToString() ?? (c["lastSentAt"] is null ? Texts.NotProvenYet : Texts.ChannelWorks)),
            (Names.When(Texts.ColumnLastSent), c => Names.Time(c["lastSentAt"])));
    }

    private static Command Kinds() => new TextCommand("kinds", Texts.ListsKindsOfChannels).Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("channels.kinds", null, ct),
            (Texts.ColumnKind, k => k["kind"]?.ToString()),
            (Texts.ColumnWhat, k => k["title"]?.ToString()),
            (Texts.ColumnFields, k => string.Join(", ",
                k["fields"]!.AsArray().OfType<JsonNode>().Select(f =>
                    (f["type"]?.ToString() == "secret" ? $"[{f["name"]}]" : f["name"]!.ToString())
                        + ((bool?)f["required"] == true ? "*" : ""))))));

    private static Command Add()
    {
        var name = new Argument<string>("name") { Help = Texts.NameYouChoose };
        var kind = new Option<string>("--kind") { Help = Texts.KindsOfChannel, Required = true };
        var noTest = new Option<bool>("--no-test") { Help = Texts.SaveItWithoutSendingTestMessage };
        var noRules = new Option<bool>("--no-rules") { Help = Texts.MakeNoRules };
        return new TextCommand("add", Texts.AddsChannel)
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
            var added = Texts.Added(TextArgument.Of(answer!["name"]), TextArgument.Of(answer["id"]));
            return output.Say(answer, parsed.GetValue(noTest) ? added : Text.Of(added, Texts.TookTestMessage));
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
        var name = new Option<string?>("--name") { Help = Texts.AnotherName };
        var on = Choice.Option<OnOff>("--enabled", Texts.WhetherAnythingIsSent);
        return new TextCommand("edit", Texts.ChangesChannel)
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
                quietHours = parsed.GetValue(Quiet) is { Length: > 0 } quiet
                    ? quiet.Where(q => q.Length > 0).Select(Hours.Read) : null,
                enabled = parsed.GetValue(on) is { } wanted ? wanted == OnOff.On : (bool?)null,
                revision = (int)now["revision"]!,
            }, ct);
            return output.Say(answer, Texts.Changed(TextArgument.Of(answer!["name"])));
        });
    }

    private static Command Test() =>
        new TextCommand("test",
            Texts.SendsTestMessageThroughChannel) { Channel }.Remote(async (parsed, client, output, ct) =>
    {
        var answer = await client.CallAsync("channels.test-again",
            new { id = await Names.ChannelAsync(client, parsed.GetValue(Channel)!, ct) }, ct);
        return output.Say(answer, Texts.MessageWasTaken);
    });

    private static Command Remove() =>
        new TextCommand("remove",
            Texts.RemovesChannelAndItsRules) { Channel }.Remote(async (parsed, client, output, ct) =>
    {
        await client.CallAsync("channels.remove", new { id = await Names.ChannelAsync(client, parsed.GetValue(Channel)!, ct) }, ct);
        return output.Say(new { name = parsed.GetValue(Channel), removed = true }, Texts.ChannelIsRemoved);
    });

    private static async Task<Dictionary<string, string>> FilledAsync(ParseResult parsed, HashSet<string> hidden,
        CancellationToken ct)
    {
        var filled = (parsed.GetValue(Values) ?? []).Select(given => CommonArguments.Pair("--set", given, See)).ToDictionary();
        if (filled.Keys.FirstOrDefault(hidden.Contains) is { } open)
        {
            // Everybody on the machine can read the arguments of a program.
            throw ProblemException.Invalid(Problems.SecretOtherUsersMachine(open));
        }

        foreach (var field in parsed.GetValue(Secrets) ?? [])
        {
            filled[field] = (await CommandFrame.ReadSecretAsync(Texts.AsksForField(field), ct)).Reveal();
        }

        return filled;
    }

    private static async Task<HashSet<string>> SecretsAsync(RpcClient client, string kind, CancellationToken ct)
    {
        var all = (await client.CallAsync("channels.kinds", null, ct))!["items"]!.AsArray().OfType<JsonNode>();
        return all.FirstOrDefault(k => k["kind"]!.ToString() == kind)?["fields"]!.AsArray().OfType<JsonNode>()
            .Where(f => f["type"]?.ToString() == "secret").Select(f => f["name"]!.ToString()).ToHashSet()
            ?? throw ProblemException.Invalid(Texts.NoKindChannel(kind), Texts.KindTakesOneKinds, See);
    }
}
