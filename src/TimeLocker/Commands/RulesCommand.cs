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
    public static Command Build() => new TextCommand("rules", Texts.AboutRules)
    {
        Add(), Edit(), Remove(),
    }.Remote(async (_, client, output, ct) =>
    {
        var names = (await client.CallAsync("channels.list", null, ct))!["items"]!.AsArray()
            .ToDictionary(c => c!["id"]!.ToString(), c => c!["name"]!.ToString());
        return output.Table(await client.CallAsync("rules.list", null, ct),
            (Texts.ColumnId, r => r["id"]?.ToString()),
            (Texts.ColumnName, r => r["name"]?.ToString()),
            (Texts.ColumnChannel, r => names.GetValueOrDefault(r["channelId"]!.ToString())),
            (Texts.ColumnEvents, r => string.Join(", ", r["events"]!.AsArray().Select(e => e!.ToString()))),
            (Texts.ColumnAfter, r => Texts.TimesInARow(Names.Number(r["fromTheTime"]))),
            (Texts.ColumnSummary, r => r["digest"]?.ToString()),
            (Texts.ColumnPlans, r => r["plans"]!.AsArray().Count is > 0 and var count ? $"{count}" : Texts.AllPlans),
            (Texts.ColumnState, r => (bool?)r["enabled"] == false ? Texts.Off : Texts.On));
    }).Also("list", Texts.ListsRules);

    private static readonly Option<string?> Channel =
        new Option<string?>("--channel") { Help = Texts.ChannelToNotify }.Offering("channels.list");
    private static readonly Option<NoticeEvent[]> Events = Choice.Several<NoticeEvent>("--on", Texts.EventsToNotifyAbout);
    private static readonly Option<string[]> Plans =
        new Option<string[]>("--plan") { Help = Texts.OnlyForThesePlans }
            .Offering("plans.list");
    private static readonly Option<int?> From = new("--from-the-time") { Help = Texts.OnlyAfterSoManyTimes };
    private static readonly Option<DigestRhythm?> Summary = Choice.Option<DigestRhythm>("--summary", Texts.AlsoSummary);

    private static Command Add() => new TextCommand("add", Texts.AddsRule)
    {
        Channel, Events, Plans, From, Summary,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var answer = await client.CallAsync("rules.create", await WantedAsync(parsed, client, new JsonObject(), ct), ct);
        return output.Say(answer, Texts.RuleMade(TextArgument.Of(answer!["name"]), TextArgument.Of(answer["id"])));
    });

    private static Command Edit()
    {
        var rule = new Argument<string>("rule") { Help = Texts.NameOrIdOfRule }.Offering("rules.list");
        var name = new Option<string?>("--name") { Help = Texts.AnotherName };
        var on = Choice.Option<OnOff>("--enabled", Texts.WhetherRuleCounts);
        return new TextCommand("edit", Texts.ChangesRule)
        {
            rule, name, Channel, Events, Plans, From, Summary, on,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RuleAsync(client, parsed.GetValue(rule)!, ct);
            var wanted = await WantedAsync(parsed, client,
                (await client.CallAsync("rules.get", new { id }, ct))!.DeepClone().AsObject(), ct);
            wanted["name"] = parsed.GetValue(name) ?? wanted["name"]?.ToString();
            wanted["enabled"] = parsed.GetValue(on) is { } given ? given == OnOff.On : (bool?)wanted["enabled"];
            var answer = await client.CallAsync("rules.update", wanted, ct);
            return output.Say(answer, Texts.RuleChanged(TextArgument.Of(answer!["name"])));
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
        var id = new Argument<string>("id") { Help = Texts.RuleId };
        return new TextCommand("remove", Texts.RemovesRule) { id }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("rules.remove", new { id = parsed.GetValue(id) }, ct);
            return output.Say(new { id = parsed.GetValue(id), removed = true }, Texts.RuleIsRemoved);
        });
    }
}
