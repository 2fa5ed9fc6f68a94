using System.CommandLine;
using TimeLocker.Core.Notifications;

namespace TimeLocker.Commands;

/// <summary>Who is told of what.</summary>
internal static class RulesCommand
{
    public static Command Build() => new Command("rules", "Lists who is told of what.") { Add(), Remove() }.Remote(async (_, client, output, ct) =>
    {
        var names = (await client.CallAsync("channels.list", null, ct))!["items"]!.AsArray().ToDictionary(c => c!["id"]!.ToString(), c => c!["name"]!.ToString());
        output.Table(await client.CallAsync("rules.list", null, ct),
            ("ID", r => r["id"]?.ToString()),
            ("Name", r => r["name"]?.ToString()),
            ("Channel", r => names.GetValueOrDefault(r["channelId"]!.ToString())),
            ("Events", r => string.Join(", ", r["events"]!.AsArray().Select(e => e!.ToString()))),
            ("From the", r => $"{r["fromTheTime"]}. time"),
            ("Summary", r => r["digest"]?.ToString()),
            ("Plans", r => r["plans"]!.AsArray().Count is > 0 and var count ? $"{count}" : "all"),
            ("State", r => (bool?)r["enabled"] == false ? "off" : "on"));
        return Exit.Ok;
    });

    private static Command Add()
    {
        var channel = new Option<string>("--channel") { Description = "Who is told: name or id of a channel.", Required = true };
        var events = new Option<NoticeEvent[]>("--on") { Description = "Failed, Warned, Missed, Overdue, Succeeded …; may be repeated." };
        var plans = new Option<string[]>("--plan") { Description = "Only for this plan (name or id); may be repeated." };
        var from = new Option<int>("--from-the-time") { Description = "Only from the so-maniest time in a row.", DefaultValueFactory = _ => 1 };
        var digest = new Option<DigestRhythm>("--summary") { Description = "None, Daily or Weekly." };
        return new Command("add", "Makes a rule: for example add --channel Phone --on Missed --from-the-time 3") { channel, events, plans, from, digest }.Remote(async (parsed, client, output, ct) =>
        {
            List<string> only = [];
            foreach (var plan in parsed.GetValue(plans) ?? [])
            {
                only.Add(await Names.PlanAsync(client, plan, ct));
            }

            var answer = await client.CallAsync("rules.create", new
            {
                channelId = await Names.ChannelAsync(client, parsed.GetValue(channel)!, ct),
                events = parsed.GetValue(events) ?? [],
                plans = only,
                fromTheTime = parsed.GetValue(from),
                digest = parsed.GetValue(digest),
            }, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line($"Made the rule “{answer!["name"]}” ({answer["id"]}).");
            return Exit.Ok;
        });
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "The rule's id, from “rules”." };
        return new Command("remove", "Removes a rule.") { id }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("rules.remove", new { id = parsed.GetValue(id) }, ct);
            output.Line("The rule is removed.");
            return Exit.Ok;
        });
    }
}
