using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Api;
using TimeLocker.Server.Plans;

namespace TimeLocker.Commands;

internal static class PlansCommand
{
    public static Command Build() => new Command("plans", "Lists the plans; makes, shows, changes, duplicates, pauses and archives one.")
    {
        Create(), Show(), Edit(), Rename(), Duplicate(), Archive(), Presets(), PlanHooksCommand.Build(),
        ScheduleCommands.Upcoming(), ScheduleCommands.Pause(), ScheduleCommands.Resume(), ScheduleCommands.Schedule(),
    }.Remote(async (_, client, output, ct) =>
    {
        var plans = await client.CallAsync("plans.list", null, ct);
        var places = output.Json
            ? []
            : (await client.CallAsync("repositories.list", null, ct))!["items"]!.AsArray()
                .ToDictionary(r => r!["id"]!.ToString(), r => r!["name"]!.ToString());
        var next = new Dictionary<string, string>();
        foreach (var plan in output.Json ? [] : plans!["items"]!.AsArray().OfType<JsonNode>())
        {
            next[plan["id"]!.ToString()] = await NextAsync(client, plan, ct);
        }

        return output.Table(plans,
            ("ID", p => p["id"]?.ToString()),
            ("Name", p => p["name"]?.ToString()),
            ("Sources", p => p["command"] is { } dump ? $"what {dump["file"]} prints" : string.Join(", ", p["sources"]!.AsArray())),
            ("Repository", p => places.GetValueOrDefault(p["repositoryId"]!.ToString())),
            ("Last", p => p["lastOutcome"]?.ToString() ?? "never ran"),
            (Names.When("Last success"), p => Names.Time(p["lastSuccessAt"])),
            (Names.When("Next run"), p => next[p["id"]!.ToString()]));
    }).Also("list");

    private static async Task<string> NextAsync(RpcClient client, JsonNode plan, CancellationToken ct)
    {
        try
        {
            return await WhenAsync(client, plan, ct);
        }
        catch (ProblemException e) when (e.Kind == ProblemKind.NotFound)
        {
            return ""; // archived meanwhile, or a damaged row
        }
    }

    private static async Task<string> WhenAsync(RpcClient client, JsonNode plan, CancellationToken ct) =>
        (await client.CallAsync("plans.upcoming", new { id = plan["id"], count = 1 }, ct))!["items"]!.AsArray() is [{ } at, ..] ? Names.Time(at)
        : plan["pausedUntil"] is not null ? "paused"
        : plan["schedules"]!.AsArray().Count == 0 && plan["triggers"]!.AsArray().Count == 0 ? "when started by hand"
        : plan["schedules"]!.AsArray().Count == 0 ? "at an event"
        : "";

    private static Command Show() => new Command("show", "Prints a plan with all its settings.") { CommonArguments.Plan }.Remote(async (parsed, client, output, ct) =>
    {
        output.Value(await client.CallAsync("plans.get", new { id = await CommonArguments.PlanAsync(parsed, client, ct) }, ct));
        return Exit.Ok;
    });

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var repository = new Option<string>("--repository") { Description = "Name or id.", Required = true }.Offering("repositories.list");
        var machine = new Option<string?>("--machine")
        {
            Description = "The machine that the files belong to (name or id). Default: the repository's machine.",
        }.Offering("machines.list");
        return new Command("create", "Makes a plan: for example create Documents --repository NAS --source ~/Documents --schedule \"30 20 * * *\"")
        {
            name, repository, machine,
        }.WithPlan().Remote(async (parsed, client, output, ct) =>
        {
            var plan = PlanOptions.Read(parsed, new NewPlan
            {
                Name = parsed.GetValue(name),
                RepositoryId = Guid.Parse(await Names.RepositoryAsync(client, parsed.GetValue(repository)!, ct)),
                MachineId = parsed.GetValue(machine) is { } given ? Guid.Parse(await Names.MachineAsync(client, given, ct)) : null,
            });
            var answer = await client.CallAsync("plans.create", plan, ct);
            return output.Say(answer, $"Made “{answer!["name"]}” ({answer["id"]}). Run it with: timelocker backup “{answer["name"]}”");
        });
    }

    private static Command Edit()
    {
        var name = new Option<string?>("--name") { Description = "Another name." };
        return new Command("edit", "Changes a plan. What you leave out stays as it is; a list replaces the previous one.")
        {
            CommonArguments.Plan, name,
        }.WithPlan().WithClear().Remote(async (parsed, client, output, ct) =>
        {
            var answer = await ChangeAsync(parsed, client, plan => PlanOptions.Read(parsed, plan) with { Name = parsed.GetValue(name) ?? plan.Name }, ct);
            return output.Say(answer, $"Changed “{answer["name"]}”.");
        });
    }

    private static Command Rename()
    {
        var to = new Argument<string>("name") { Description = "Its new name." };
        return new Command("rename", "Gives a plan another name; its history and its snapshots stay.")
        {
            CommonArguments.Plan, to,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await ChangeAsync(parsed, client, plan => plan with { Name = parsed.GetValue(to) }, ct);
            return output.Say(answer, $"It is called “{answer["name"]}” now.");
        });
    }

    private static Command Duplicate()
    {
        var to = new Option<string?>("--as") { Description = "The name of the new one." };
        return new Command("duplicate", "Makes a plan like this one, paused until somebody has looked at it.")
        {
            CommonArguments.Plan, to,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.duplicate", new { id = await CommonArguments.PlanAsync(parsed, client, ct), name = parsed.GetValue(to) }, ct);
            return output.Say(answer, $"Made “{answer!["name"]}” ({answer["id"]}). It is paused: look at it, then “timelocker plans resume”.");
        });
    }

    private static Command Archive() => new Command("archive", "Retires a plan for good; its runs and snapshots stay.")
    {
        CommonArguments.Plan,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var id = await CommonArguments.PlanAsync(parsed, client, ct);
        await client.CallAsync("plans.archive", new { id }, ct);
        return output.Say(new { id, archived = true }, "Archived. Nothing starts it any more; its snapshots stay.");
    });

    private static Command Presets() => new Command("presets", "Lists the patterns that come with TimeLocker, for --preset.")
        .Remote(async (_, client, output, ct) =>
            output.Table(await client.CallAsync("plans.presets", null, ct),
                ("Preset", p => p["name"]?.ToString()),
                ("Patterns", p => string.Join(", ", p["patterns"]!.AsArray()))));

    /// <summary>Reads a plan, lets it be changed, and writes it as a whole.</summary>
    internal static async Task<JsonNode> ChangeAsync(ParseResult parsed, RpcClient client, Func<NewPlan, NewPlan> change, CancellationToken ct)
    {
        var id = await CommonArguments.PlanAsync(parsed, client, ct);
        var plan = await client.CallAsync<BackupPlan>("plans.get", new { id }, ct);
        var wanted = JsonSerializer.SerializeToNode(change(NewPlan.From(plan)) with { Revision = plan.Revision }, ApiJson.Options)!;
        wanted["id"] = id;
        return (await client.CallAsync("plans.update", wanted, ct))!;
    }
}
