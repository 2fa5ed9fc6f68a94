using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Commands;

/// <summary>Events that start plans.</summary>
internal static class TriggersCommand
{
    public static Command Build()
    {
        var plan = new Argument<string?>("plan")
        {
            Description = "Name or id: the events of this plan. Without it: all kinds of events.",
            Arity = ArgumentArity.ZeroOrOne,
        }.Offering("plans.list");
        return new Command("triggers", "Lists the kinds of events that can start a plan, or the events of one plan; adds and removes one.")
        {
            plan, Add(), Remove(),
        }.Remote(async (parsed, client, output, ct) =>
            parsed.GetValue(plan) is { } name
                ? OfPlan(await client.CallAsync("plans.triggers", new { id = await Names.PlanAsync(client, name, ct) }, ct), output)
                : await KindsAsync(client, output, ct)).Also("list");
    }

    private static async Task<int> KindsAsync(RpcClient client, Output output, CancellationToken ct)
    {
        var machines = (await client.CallAsync("machines.list", null, ct))!["items"]!.AsArray().ToDictionary(m => m!["id"]!.ToString(), m => m!["name"]!.ToString());
        return output.Table(await client.CallAsync("triggers.list", null, ct),
            ("Kind", k => k["kind"]?.ToString()),
            ("Event", k => k["title"]?.ToString()),
            ("Seen by", k => k["machineId"] is { } machine ? machines[machine.ToString()] : "TimeLocker itself"),
            ("Fields", k => string.Join(", ", k["fields"]!.AsArray().Select(f => f!["name"]))));
    }

    private static Command Add()
    {
        var kind = new Argument<string>("kind") { Description = "See “timelocker triggers”." };
        var values = new Option<string[]>("--set") { Description = "A field of the event, field=value; may be repeated." };
        var action = Choice.Option<TriggerAction>("--starts", "What it starts. Without it: a backup.");
        var rest = new Option<int>("--rest")
        {
            Description = "Minutes to wait after its last start before it may start anything again.",
            DefaultValueFactory = _ => PlanTrigger.UsualPause,
        };
        return new Command("add", "Lets an event start a plan: for example add Documents files --set path=/home/ada/papers")
        {
            CommonArguments.Plan, kind, values, action, rest,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var filled = (parsed.GetValue(values) ?? []).Select(given => CommonArguments.Pair("--set", given, Texts.SeeTimelockerTriggers)).ToDictionary();
            var wanted = new PlanTrigger(parsed.GetValue(kind)!, filled, parsed.GetValue(action) ?? TriggerAction.Backup)
            {
                PauseMinutes = parsed.GetValue(rest),
            };
            var plan = await PlansCommand.ChangeAsync(parsed, client, before => before with { Triggers = [.. before.Triggers, wanted] }, ct);
            return OfPlan(await client.CallAsync("plans.triggers", new { id = plan["id"] }, ct), output);
        });
    }

    private static Command Remove()
    {
        var number = new Argument<int>("number") { Description = "Its number in the list of the plan." };
        return new Command("remove", "Removes an event from a plan.") { CommonArguments.Plan, number }.Remote(async (parsed, client, output, ct) =>
        {
            var plan = await PlansCommand.ChangeAsync(parsed, client,
                before => before with { Triggers = PlanHooksCommand.Without(before.Triggers, parsed.GetValue(number), "event") },
                ct);
            return OfPlan(await client.CallAsync("plans.triggers", new { id = plan["id"] }, ct), output);
        });
    }

    public static Command Fire()
    {
        var why = new Option<string?>("--why") { Description = "What happened, in a few words; shown with the run." };
        return new Command("fire", "Reports that something happened, and starts whatever the plan's “call” event starts.")
        {
            CommonArguments.Plan, why,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.fire", new { id = await CommonArguments.PlanAsync(parsed, client, ct), why = parsed.GetValue(why) }, ct);
            return output.Say(answer,
                answer!["runs"]!.AsArray() is { Count: > 0 } runs
                    ? $"Started: {string.Join(", ", runs.Select(r => r!["id"]))}"
                    : answer["startsAt"] is { } at ? $"It starts at {Names.Moment(at)} at the earliest."
                    : "Noted.");
        });
    }

    private static int OfPlan(JsonNode? events, Output output)
    {
        var all = output.Json ? [] : events!["items"]!.AsArray().OfType<JsonNode>().ToList();
        return output.Table(events,
            ("Number", t => $"{all.IndexOf(t) + 1}"),
            ("Event", t => t["title"]?.ToString()),
            ("Settings", t => string.Join(", ", t["trigger"]!["values"]!.AsObject().Select(v => $"{v.Key}={v.Value}"))),
            ("Starts", t => t["trigger"]!["action"]?.ToString()),
            ("Watched", t => (bool)t["watching"]! ? "yes" : "no"),
            (Names.When("Last"), t => Names.Time(t["trigger"]!["last"]?["startedAt"])),
            ("", t => t["trouble"] is { } trouble ? $"{trouble["what"]} {trouble["why"]}" : t["says"]?.ToString()));
    }
}
