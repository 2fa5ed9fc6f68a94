using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

/// <summary>Who is notified about what.</summary>
internal static class RulesCommand
{
    public static Command Build() => new Command("rules", "Lists the rules for who is notified about what; adds, changes and removes one.")
    {
        Add(), Edit(), Remove(),
    }.Remote(async (_, client, output, ct) =>
    {
        var names = (await client.CallAsync("channels.list", null, ct))!["items"]!.AsArray().ToDictionary(c => c!["id"]!.ToString(), c => c!["name"]!.ToString());
        return output.Table(await client.CallAsync("rules.list", null, ct),
            ("ID", r => r["id"]?.ToString()),
            ("Name", r => r["name"]?.ToString()),
            ("Channel", r => names.GetValueOrDefault(r["channelId"]!.ToString())),
            ("Events", r => string.Join(", ", r["events"]!.AsArray().Select(e => e!.ToString()))),
            ("After", r => $"{Names.Count(r["fromTheTime"], "time")} in a row"),
            ("Summary", r => r["digest"]?.ToString()),
            ("Plans", r => r["plans"]!.AsArray().Count is > 0 and var count ? $"{count}" : "all"),
            ("State", r => (bool?)r["enabled"] == false ? "off" : "on"));
    }).Also("list");

    private static readonly Option<string?> Channel =
        new Option<string?>("--channel") { Description = "The channel to notify (name or id)." }.Offering("channels.list");
    private static readonly Option<NoticeEvent[]> Events = Choice.Several<NoticeEvent>("--on", "The events to notify about: failed, warned, missed, overdue, succeeded …");
    private static readonly Option<string[]> Plans =
        new Option<string[]>("--plan") { Description = "Only for this plan (name or id); may be repeated." }
            .Offering("plans.list");
    private static readonly Option<int?> From = new("--from-the-time") { Description = "Only after it has happened this many times in a row." };
    private static readonly Option<DigestRhythm?> Summary = Choice.Option<DigestRhythm>("--summary", "Also a summary.");

    private static Command Add() => new Command("add", "Adds a rule, for example: add --channel Phone --on missed --from-the-time 3")
    {
        Channel, Events, Plans, From, Summary,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var answer = await client.CallAsync("rules.create", await WantedAsync(parsed, client, new JsonObject(), ct), ct);
        return output.Say(answer, $"Made the rule “{answer!["name"]}” ({answer["id"]}).");
    });

    private static Command Edit()
    {
        var rule = new Argument<string>("rule") { Description = "Name or id of the rule." }.Offering("rules.list");
        var name = new Option<string?>("--name") { Description = "Another name." };
        var on = Choice.Option<OnOff>("--enabled", "Whether it counts.");
        return new Command("edit", "Changes a rule. What you leave out stays as it is; a list replaces the previous one.")
        {
            rule, name, Channel, Events, Plans, From, Summary, on,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RuleAsync(client, parsed.GetValue(rule)!, ct);
            var wanted = await WantedAsync(parsed, client, (await client.CallAsync("rules.get", new { id }, ct))!.DeepClone().AsObject(), ct);
            wanted["name"] = parsed.GetValue(name) ?? wanted["name"]?.ToString();
            wanted["enabled"] = parsed.GetValue(on) is { } given ? given == OnOff.On : (bool?)wanted["enabled"];
            var answer = await client.CallAsync("rules.update", wanted, ct);
            return output.Say(answer, $"Changed the rule “{answer!["name"]}”.");
        });
    }

    private static async Task<JsonObject> WantedAsync(ParseResult parsed, RpcClient client, JsonObject rule, CancellationToken ct)
    {
        if (parsed.GetValue(Channel) is { } channel)
        {
            rule["channelId"] = await Names.ChannelAsync(client, channel, ct);
        }
        else if (rule["channelId"] is null)
        {
            throw ProblemException.Invalid(Problems.NobodyWouldNotifiedNo);
        }

        if (parsed.GetValue(Plans) is { Length: > 0 } plans)
        {
            var only = new JsonArray();
            foreach (var plan in plans)
            {
                only.Add((JsonNode)await Names.PlanAsync(client, plan, ct));
            }

            rule["plans"] = only;
        }

        if (parsed.GetValue(Events) is { Length: > 0 } events)
        {
            rule["events"] = JsonSerializer.SerializeToNode(events, ApiJson.Options);
        }

        rule["fromTheTime"] = parsed.GetValue(From) ?? (int?)rule["fromTheTime"] ?? 1;
        rule["digest"] = parsed.GetValue(Summary) is { } summary
            ? JsonSerializer.SerializeToNode(summary, ApiJson.Options)
            : rule["digest"]?.DeepClone() ?? JsonSerializer.SerializeToNode(DigestRhythm.None, ApiJson.Options);
        return rule;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "The rule's id, from “rules”." };
        return new Command("remove", "Removes a rule.") { id }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("rules.remove", new { id = parsed.GetValue(id) }, ct);
            return output.Say(new { id = parsed.GetValue(id), removed = true }, "The rule is removed.");
        });
    }
}
