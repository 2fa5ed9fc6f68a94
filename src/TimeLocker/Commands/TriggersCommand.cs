using System.CommandLine;

namespace TimeLocker.Commands;

/// <summary>Events that start plans.</summary>
internal static class TriggersCommand
{
    public static Command Build()
    {
        var plan = new Argument<string?>("plan") { Description = "Name or id: the events of this plan. Without it: all kinds of events.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("triggers", "Lists the kinds of events that can start a plan, or the events of one plan.") { plan }.Remote(async (parsed, client, output, ct) =>
        {
            if (parsed.GetValue(plan) is not { } name)
            {
                output.Table(await client.CallAsync("triggers.list", null, ct),
                    ("Kind", k => k["kind"]?.ToString()),
                    ("Event", k => k["title"]?.ToString()),
                    ("Fields", k => string.Join(", ", k["fields"]!.AsArray().Select(f => f!["name"]))));
                return Exit.Ok;
            }

            output.Table(await client.CallAsync("plans.triggers", new { id = await Names.PlanAsync(client, name, ct) }, ct),
                ("Event", t => t["title"]?.ToString()),
                ("Settings", t => string.Join(", ", t["trigger"]!["values"]!.AsObject().Select(v => $"{v.Key}={v.Value}"))),
                ("Starts", t => t["trigger"]!["action"]?.ToString()),
                ("Watched", t => (bool)t["watching"]! ? "yes" : "no"),
                ("Last", t => Names.Time(t["trigger"]!["last"]?["startedAt"])),
                ("", t => t["trouble"] is { } trouble ? $"{trouble["what"]} {trouble["why"]}" : t["says"]?.ToString()));
            return Exit.Ok;
        });
    }

    public static Command Fire()
    {
        var plan = new Argument<string>("plan") { Description = "Name or id." };
        var why = new Option<string?>("--why") { Description = "What happened, in a few words; shown with the run." };
        return new Command("fire", "Says that something happened: starts what the plan's event “call” starts.") { plan, why }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.fire", new { id = await Names.PlanAsync(client, parsed.GetValue(plan)!, ct), why = parsed.GetValue(why) }, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line(answer!["runs"]!.AsArray() is { Count: > 0 } runs ? $"Started: {string.Join(", ", runs.Select(r => r!["id"]))}" : answer["startsAt"] is { } at ? $"It starts at {Names.Time(at)} at the earliest." : "Noted.");
            return Exit.Ok;
        });
    }
}
