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
            Help = Texts.EventsOfPlanOrKinds,
            Arity = ArgumentArity.ZeroOrOne,
        }.Offering("plans.list");
        return new TextCommand("triggers", Texts.AboutTriggers)
        {
            plan, Add(), Remove(),
        }.Remote(async (parsed, client, output, ct) =>
            parsed.GetValue(plan) is { } name
                ? OfPlan(await client.CallAsync("plans.triggers", new { id = await Names.PlanAsync(client, name, ct) }, ct), output)
                : await KindsAsync(client, output, ct)).Also("list", Texts.ListsEvents);
    }

    private static async Task<int> KindsAsync(RpcClient client, Output output, CancellationToken ct)
    {
        var machines = (await client.CallAsync("machines.list", null, ct))!["items"]!.AsArray()
            .ToDictionary(m => m!["id"]!.ToString(), m => m!["name"]!.ToString());
        return output.Table(await client.CallAsync("triggers.list", null, ct),
            (Texts.ColumnKind, k => k["kind"]?.ToString()),
            (Texts.ColumnEvent, k => k["title"]?.ToString()),
            (Texts.ColumnSeenBy, k => k["machineId"] is { } machine ? machines[machine.ToString()] : Texts.TimeLockerItself),
            (Texts.ColumnFields, k => string.Join(", ", k["fields"]!.AsArray().Select(f => f!["name"]))));
    }

    private static Command Add()
    {
        var kind = new Argument<string>("kind") { Help = Texts.SeeTimelockerTriggers };
        var values = new Option<string[]>("--set") { Help = Texts.FieldsOfEvent };
        var action = Choice.Option<TriggerAction>("--starts", Texts.WhatItStarts);
        var rest = new Option<int>("--rest")
        {
            Help = Texts.MinutesOfRest,
            DefaultValueFactory = _ => PlanTrigger.UsualPause,
        };
        return new TextCommand("add", Texts.LetsEventStartPlan)
        {
            CommonArguments.Plan, kind, values, action, rest,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var filled = (parsed.GetValue(values)
                ?? []).Select(given => CommonArguments.Pair("--set", given, Texts.SeeTimelockerTriggers))
                .ToDictionary();
            var wanted = new PlanTrigger(parsed.GetValue(kind)!, filled, parsed.GetValue(action) ?? TriggerAction.Backup)
            {
                PauseMinutes = parsed.GetValue(rest),
            };
            var plan = await PlansCommand.ChangeAsync(parsed, client,
                before => before with { Triggers = [.. before.Triggers, wanted] }, ct);
            return OfPlan(await client.CallAsync("plans.triggers", new { id = plan["id"] }, ct), output);
        });
    }

    private static Command Remove()
    {
        var number = new Argument<int>("number") { Help = Texts.NumberInListOfPlan };
        return new TextCommand("remove", Texts.RemovesEventFromPlan) { CommonArguments.Plan,
            number }.Remote(async (parsed, client, output, ct) =>
        {
            var plan = await PlansCommand.ChangeAsync(parsed, client,
                before => before with { Triggers = PlanHooksCommand.Without(before.Triggers, parsed.GetValue(number), "event") },
                ct);
            return OfPlan(await client.CallAsync("plans.triggers", new { id = plan["id"] }, ct), output);
        });
    }

    public static Command Fire()
    {
        var why = new Option<string?>("--why") { Help = Texts.WhatHappenedInFewWords };
        return new TextCommand("fire", Texts.ReportsEvent)
        {
            CommonArguments.Plan, why,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.fire",
                new { id = await CommonArguments.PlanAsync(parsed, client, ct), why = parsed.GetValue(why) }, ct);
            return output.Say(answer,
                answer!["runs"]!.AsArray() is { Count: > 0 } runs
                    ? Texts.RunsStarted(string.Join(", ", runs.Select(r => r!["id"])))
                    : answer["startsAt"] is { } at ? Texts.StartsAtTheEarliest(Names.Moment(at))
                    : Texts.EventNoted);
        });
    }

    private static int OfPlan(JsonNode? events, Output output)
    {
        var all = output.Json ? [] : events!["items"]!.AsArray().OfType<JsonNode>().ToList();
        return output.Table(events,
            (Texts.ColumnNumber, t => $"{all.IndexOf(t) + 1}"),
            (Texts.ColumnEvent, t => t["title"]?.ToString()),
            (Texts.ColumnSettings, t => string.Join(", ", t["trigger"]!["values"]!.AsObject().Select(v => $"{v.Key}={v.Value}"))),
            (Texts.ColumnStarts, t => t["trigger"]!["action"]?.ToString()),
            (Texts.ColumnWatched, t => (bool)t["watching"]! ? Texts.Yes : Texts.No),
            (Names.When(Texts.ColumnLastStart), t => Names.Time(t["trigger"]!["last"]?["startedAt"])),
            (Text.Empty, t => t["trouble"] is { } trouble ? $"{trouble["what"]} {trouble["why"]}" : t["says"]?.ToString()));
    }
}
